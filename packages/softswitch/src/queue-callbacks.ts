import { isStaffed } from '@dialtone/call-routing'
import { askRouting } from './calls/ask-routing.ts'
import { agentQuestion, calledBack } from './calls/called-back.ts'
import type { CallTimes } from './calls/state/call-event.ts'
import { MAX_HOPS } from './calls/state/call-state.ts'
import { CallbackDesk } from './services/callback-desk.ts'
import type { SoftswitchOptions } from './softswitch.ts'
import type { SoftswitchParts } from './softswitch-parts.ts'

export interface CallbackLimits {
  /** No call may begin now. */
  readonly isRefusing: () => boolean
  readonly times: CallTimes
}

/** Those who keep a place in a queue are called back by ordinary calls, through the ordinary routing. */
export function createCallbacks(options: SoftswitchOptions, parts: SoftswitchParts, { isRefusing, times }: CallbackLimits): CallbackDesk {
  const { directory, clock, logger, services } = options
  const { queues, timers, desk, locations, occupancyFor } = parts
  const routing = { directory, services, bindingsOf: (lineId: string) => locations.bindingsOf(lineId) }
  const callbacks = new CallbackDesk({
    ...{ queues, clock, timers, logger },
    isStaffed: (queueId, { accountId }) => {
      const queue = directory.snapshotOf(accountId)?.services.queues.get(queueId)
      return queue !== undefined && isStaffed(queue)
    },
    isAgentFree: (queueId, callback) => {
      const facts = { trail: [], hopLimit: MAX_HOPS, nowMs: clock.nowMs(), ...occupancyFor('') }
      return askRouting(routing, { ...agentQuestion(queueId, callback), ...facts }).decision.kind === 'ring'
    },
    begin: (queueId, callback) => {
      const started = isRefusing() ? undefined : calledBack(directory, queueId, callback, { atMs: clock.nowMs(), times })
      if (started?.clickToCall === undefined) return undefined
      desk.originate(started)
      return { agentSessionId: started.sessionId, callerSessionId: started.clickToCall.toSessionId }
    },
  })
  parts.observers.push((state) => callbacks.observe(state))
  return callbacks
}

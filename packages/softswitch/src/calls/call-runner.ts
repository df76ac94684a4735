import type { IncomingInvite } from '@dialtone/sip'
import { buildCallRecords } from '../cdr/build-cdr.ts'
import type { CallRecord } from '../ports/call-record.ts'
import { CallTrace } from './call-trace.ts'
import type { CallContext, CallNeeds, NewCallEvent } from './call-context.ts'
import { listenToCaller } from './leg-listener.ts'
import { performEffect } from './perform-effect.ts'
import type { CallEffect } from './state/call-effect.ts'
import type { CallEvent } from './state/call-event.ts'
import type { CallState } from './state/call-state.ts'
import { startCall, stepCall } from './state/step-call.ts'

export interface CallStart {
  readonly invite: IncomingInvite
  readonly event: Extract<CallEvent, { type: 'started' }>
  /** What the INVITEs of the call may still be forwarded. */
  readonly maxForwards: number
  readonly onDisposed: () => void
  readonly onFinished: (records: readonly CallRecord[]) => void
}

export interface RunningCall {
  readonly state: CallState
  /** What happened so far, oldest first: replayed through `stepCall` it gives the same effects. */
  readonly trace: readonly CallEvent[]
  readonly records: readonly CallRecord[]
  readonly legCount: number
  hangUp(code: string): void
}

/** Runs one call: events go through the pure state machine one at a time, its effects are performed, their outcome comes back as events. */
export function runCall(needs: CallNeeds, start: CallStart): RunningCall {
  const trace = new CallTrace()
  trace.add(start.event)
  const waiting: CallEvent[] = []
  let working = false
  const first = startCall(start.event)
  let state = first.state

  const call: CallContext = {
    needs,
    invite: start.invite,
    maxForwards: start.maxForwards,
    legs: new Map(),
    timers: new Map(),
    reinvites: new Map(),
    opening: undefined,
    session: undefined,
    offer: undefined,
    get state() {
      return state
    },
    dispatch(event: NewCallEvent) {
      waiting.push({ ...event, atMs: needs.clock.nowMs() })
      work()
    },
    onDisposed: start.onDisposed,
    onFinished: start.onFinished,
  }

  function work(): void {
    if (working) return
    working = true
    for (let event = waiting.shift(); event !== undefined; event = waiting.shift()) {
      trace.add(event)
      const step = stepCall(state, event)
      state = step.state
      performAll(call, step.effects)
    }
    working = false
  }

  working = true
  performAll(call, first.effects)
  working = false
  work()
  listenToCaller(call)

  return {
    get state() {
      return state
    },
    trace: trace.events,
    get records() {
      return buildCallRecords(state)
    },
    get legCount() {
      return state.legs.filter((leg) => leg.phase !== 'over').length + (state.callerLeg === 'over' ? 0 : 1)
    },
    hangUp: (code) => call.dispatch({ type: 'hangup', code }),
  }
}

/** An effect that throws is a bug of ours; the other effects of the step are done nevertheless, so that nothing leaks. */
function performAll(call: CallContext, effects: readonly CallEffect[]): void {
  for (const effect of effects) {
    try {
      performEffect(call, effect)
    } catch (error) {
      call.needs.logger.error('effect of a call failed', { sessionId: call.state.sessionId, effect: effect.type, error: String(error) })
      if (call.state.phase !== 'over') call.dispatch({ type: 'hangup', code: 'InternalError' })
    }
  }
}

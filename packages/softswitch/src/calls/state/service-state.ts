import type { CallerIdentity, ServiceOrder } from '@dialtone/call-routing'
import type { CallFailure } from '../call-failure.ts'
import { go, stopTimers } from './call-state.ts'
import type { CallState, Step } from './call-state.ts'

/** What the platform itself does with the caller now. */
export interface ServiceView {
  readonly order: ServiceOrder
  readonly target: string
  readonly caller: CallerIdentity
  readonly calledNumber: string
  /** Whose it is, wherever those are that it has rung. */
  readonly accountId: string
  /** The user it is about, as with his voicemail. */
  readonly userId?: string | undefined
  /** The caller is told that, and hung up. */
  readonly failure?: CallFailure | undefined
  /** An operator has sent the caller on: who takes the call instead may be another program. */
  readonly isSentOn?: true | undefined
  /** opening: our own end does not speak yet; running: a program has the word; ringing: it waits for somebody it had rung. */
  readonly phase: 'opening' | 'running' | 'ringing'
}

/** Whether the caller talks to the platform, and to nobody else. */
export function isServed({ servedAtMs, phase, callerLeg }: CallState): boolean {
  return servedAtMs !== undefined && phase === 'setup' && callerLeg === 'waiting'
}

/** Somebody answered, or the call is over. */
export function stopService(step: Step): Step {
  return step.state.service === undefined ? step : go(stopTimers(step, 'serviceRing'), { service: undefined }, { type: 'stopService' })
}

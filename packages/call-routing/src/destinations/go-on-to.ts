import type { CallTarget } from '../account-services.ts'
import type { CallScene } from '../call-scene.ts'
import { reject, rejectAfterRing } from '../reject.ts'
import type { Diversion } from '../route-decision.ts'
import type { RouteAttempt } from '../route-facts.ts'
import type { Progress } from './destination.ts'
import { readTarget } from './read-target.ts'
import { depositIn, greetingFor } from './voicemail.ts'

/** Who sends a call on, and why. */
export interface SentOn {
  /** The group, line or trunk. */
  readonly id: string
  readonly calledNumber: string
  readonly reason: Diversion['reason']
  readonly payer?: Diversion['payer']
}

/** A call that was not answered goes on to what was set for that; without it, or when it cannot be had, the caller hears how the attempt ended. */
export function goOnTo(scene: CallScene, to: CallTarget | undefined, { id, calledNumber, reason, payer }: SentOn, attempt: RouteAttempt): Progress {
  const { snapshot, trace } = scene
  if (to === undefined) {
    trace.note('overflow', 'none is set: the caller hears how it ended', { id, reason, outcome: attempt.outcome })
    return { verdict: rejectAfterRing(attempt) }
  }
  trace.note('overflow', to.referenceType, { id, reason, referenceId: to.referenceId })
  if (to.referenceType === 'BUSY') return { verdict: reject('UserBusy') }
  const diversion: Diversion = { userId: id, number: calledNumber, reason, ...(payer === undefined ? {} : { payer }) }
  if (to.referenceType === 'VOICEMAIL') {
    const left = depositIn(scene, to.referenceId, greetingFor(reason), { calledNumber, diversion, userId: undefined })
    return { verdict: left ?? rejectAfterRing(attempt) }
  }
  const next = readTarget(snapshot, to, { calledNumber, diversion })
  if (next !== undefined) return { next, forwarded: true }
  trace.note('overflow', 'ignored: no extension of the account and no number', { referenceId: to.referenceId })
  return { verdict: rejectAfterRing(attempt) }
}

/** Why a call goes on, in the words of Diversion. */
export function reasonAfter({ outcome }: RouteAttempt): 'busy' | 'no-answer' | 'unregistered' {
  if (outcome === 'no-answer') return 'no-answer'
  return outcome === 'busy' || outcome === 'declined' ? 'busy' : 'unregistered'
}

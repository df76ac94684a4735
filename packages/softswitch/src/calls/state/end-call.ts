import { endWithinLimits } from './authorized-limits.ts'
import { callFailure, reasonOf } from '../call-failure.ts'
import type { CallFailure } from '../call-failure.ts'
import type { CallEffect } from './call-effect.ts'
import type { EndCause, TimerName } from './call-event.ts'
import { act, changeLeg, CLEANUP_MS, go, startTimer, stopTimers } from './call-state.ts'
import type { CallOutcome, CallState, LegState, Step } from './call-state.ts'
import { endLate } from './late-legs.ts'
import { endMix } from './mix-state.ts'
import { stopService } from './service-state.ts'
import { changeTransfer } from './transfer-state.ts'

/** RFC 3326, as phones know it: the other phones of the user do not show a missed call. */
export const ANSWERED_ELSEWHERE = 'SIP;cause=200;text="Call completed elsewhere"'
export const NORMAL_CLEARING = 'Q.850;cause=16;text="Normal call clearing"'
const ALL_TIMERS: readonly TimerName[] = ['ring', 'beside', 'carrierSetup', 'maxRing', 'maxCall', 'authorized', 'minuteLeft', 'star']

/** Why the other side is hung up on when a party did not say goodbye itself (RFC 3326); undefined: it did. */
export function goneReason(cause: EndCause): string | undefined {
  if (cause === 'bye') return undefined
  return cause === 'expired' ? 'SIP;cause=408;text="Session Timer Expired"' : 'Q.850;cause=102;text="Recovery on timer expiry"'
}

/** Gives up the unanswered legs that `which` accepts. */
export function cancelLegs(step: Step, reason: string, which: (leg: LegState) => boolean = () => true): Step {
  let next = step
  for (const leg of step.state.legs) {
    if (!which(leg)) continue
    if (leg.phase === 'planned') next = changeLeg(next, leg.id, { phase: 'over' })
    if (leg.phase !== 'starting' && leg.phase !== 'ringing') continue
    next = act(changeLeg(next, leg.id, { phase: 'cancelling' }), { type: 'cancelLeg', legId: leg.id, reason })
  }
  return next
}

/** Hangs up a leg that answered. */
export function byeLeg(step: Step, legId: string, reason: string): Step {
  return act(changeLeg(step, legId, { phase: 'over' }), { type: 'byeLeg', legId, reason })
}

export interface SetupEnd {
  readonly atMs: number
  readonly failure: CallFailure
  readonly hangupBy: CallOutcome['hangupBy']
  /** The Reason the called phones are told; the failure's own when left out. */
  readonly reason?: string | undefined
  /** The Reason the caller is told; the failure's own when left out. */
  readonly toCaller?: string | undefined
}

/** The call ends without having been answered: the caller gets the final response, every phone stops ringing. */
export function endSetup(step: Step, end: SetupEnd): Step {
  const { failure } = end
  let next = step
  if (step.state.callerLeg === 'early') next = go(next, { callerLeg: 'over' }, rejectEffect(failure, end.toCaller))
  else next = leaveTransferee(next, end.reason ?? reasonOf(failure), failure)
  next = cancelLegs(next, end.reason ?? reasonOf(failure))
  for (const leg of next.state.legs) if (leg.phase === 'answered') next = byeLeg(next, leg.id, reasonOf(failure))
  const { servedAtMs } = step.state
  if (servedAtMs !== undefined)
    return closeCall(
      endLate(next, end.atMs, failure),
      end.atMs,
      { disposition: 'ANSWERED', statusCode: 200, hangupBy: end.hangupBy, code: failure.code },
      servedAtMs,
    )
  const outcome: CallOutcome = { disposition: failure.disposition, statusCode: failure.statusCode, hangupBy: end.hangupBy, code: failure.code }
  return closeCall(next, end.atMs, outcome, undefined)
}

export interface TalkEnd {
  readonly atMs: number
  readonly hangupBy: CallOutcome['hangupBy']
  readonly code: string
  readonly reason?: string | undefined
}

/** An answered call ends: BYE to whoever is still there. */
export function endTalk(step: Step, end: TalkEnd): Step {
  const reason = end.reason ?? NORMAL_CLEARING
  let next = step
  if (step.state.callerLeg === 'answered') next = go(next, { callerLeg: 'over' }, { type: 'byeCaller', reason })
  else next = leaveTransferee(next, reason, callFailure('DestinationFailed'))
  next = cancelLegs(next, reason)
  for (const leg of next.state.legs) if (leg.phase === 'answered') next = byeLeg(next, leg.id, reason)
  return closeCall(next, end.atMs, { disposition: 'ANSWERED', statusCode: 200, hangupBy: end.hangupBy, code: end.code }, step.state.answeredAtMs)
}

/** A transferee that waits here is hung up; one that is still with its transferor stays there, and the transferor hears why. */
function leaveTransferee(step: Step, reason: string, failure: CallFailure): Step {
  const { callerLeg, transfer, sessionId } = step.state
  if (callerLeg === 'waiting') return go(step, { callerLeg: 'over' }, { type: 'byeCaller', reason })
  if (callerLeg !== 'lent' || transfer.origin === undefined) return step
  const { statusCode, reasonPhrase } = failure
  const message = { type: 'transferFailed', bySessionId: sessionId, statusCode, reasonPhrase } as const
  return go(step, { callerLeg: 'over' }, { type: 'tellCall', sessionId: transfer.origin.fromSessionId, message })
}

/** The call is over: its media and its records are closed. A transfer under way ends with it. */
export function closeCall(step: Step, atMs: number, outcome: CallOutcome, answeredAtMs: number | undefined): Step {
  const { referral, takeover } = step.state.transfer
  let stopped = stopTimers(stopService(endMix(step)), ...ALL_TIMERS)
  if (referral !== undefined) {
    const message = { type: 'transferAbandoned', bySessionId: step.state.sessionId } as const
    stopped = act(changeTransfer(stopped, { referral: undefined }), { type: 'tellCall', sessionId: referral.toSessionId, message })
  }
  if (takeover !== undefined) stopped = act(changeTransfer(stopped, { takeover: undefined }), { type: 'rejectTakeover', statusCode: 481 })
  const over = go(stopped, { phase: 'over', endedAtMs: endWithinLimits(step.state, atMs), answeredAtMs, outcome, reinviteFrom: undefined }, { type: 'finish' })
  return isDeserted(over.state) ? over : startTimer(over, 'cleanup', CLEANUP_MS)
}

function rejectEffect(failure: CallFailure, reason: string | undefined): CallEffect {
  const { statusCode, reasonPhrase } = failure
  const retry = statusCode === 503 ? { retryAfterSeconds: 5 } : {}
  return { type: 'rejectCaller', statusCode, reasonPhrase, reason: reason ?? reasonOf(failure), ...retry }
}

/** When nothing of an ended call is left, says so; once. */
export function disposeWhenOver(step: Step): Step {
  const { state } = step
  if (state.phase !== 'over' || state.disposed || !isDeserted(state)) return step
  return go(stopTimers(step, 'cleanup', 'parting'), { disposed: true }, { type: 'dispose' })
}

/** Nobody is there any more. */
function isDeserted({ legs, transfer, callerLeg }: CallState): boolean {
  return legs.every((leg) => leg.phase === 'over') && (transfer.parting !== 'caller' || callerLeg === 'over')
}

/** The platform itself ends the call. */
export function endBySystem(step: Step, atMs: number, code: string): Step {
  const failure = callFailure(code)
  if (step.state.phase === 'setup') return endSetup(step, { atMs, failure, hangupBy: 'system' })
  if (step.state.phase === 'talking') return endTalk(step, { atMs, hangupBy: 'system', code, reason: reasonOf(failure) })
  return step
}

import { callFailure } from '../call-failure.ts'
import { noteAuthorization } from './authorize-call.ts'
import type { CallEvent } from './call-event.ts'
import type { LegState, Step } from './call-state.ts'
import { cancelLegs } from './end-call.ts'
import { awaitBeside, endForwards, endOf, startLegs, startOf } from './ring-beside.ts'
import { failAttempt } from './route-call.ts'

/** Some of those called beside the phones of a user begin to ring now, others have rung for their time. */
export function onBesideDue(step: Step, atMs: number): Step {
  const { attempt, phase } = step.state
  const elapsedMs = attempt?.besideDueMs
  if (phase !== 'setup' || attempt === undefined || elapsedMs === undefined) return step
  const isOfAttempt = (leg: LegState) => leg.attempt === attempt.number
  const ended = cancelLegs(step, 'Q.850;cause=19;text="No answer from user"', (leg) => isOfAttempt(leg) && endOf(leg) <= elapsedMs)
  const silent = new Set(ended.state.legs.filter((leg) => isOfAttempt(leg) && endOf(leg) <= elapsedMs).map(({ plan }) => plan.beside?.forward?.recordId))
  const given = endForwards(ended, atMs, (recordId) => silent.has(recordId), { disposition: 'NO_ANSWER', statusCode: 480, code: 'NoAnswer' })
  const started = startLegs(given, atMs, (leg) => isOfAttempt(leg) && startOf(leg) <= elapsedMs)
  return failWhenOver(started, 'no-answer', atMs) ?? awaitBeside(started, started.state.attempt, elapsedMs)
}

/** Who pays for a leg beside the phones has said yes or no. @returns undefined when it is about another leg */
export function onBesideAuthorized(step: Step, event: Extract<CallEvent, { type: 'authorized' }>): Step | undefined {
  const { legs, phase, winnerId } = step.state
  const isMeant = ({ plan }: LegState) => plan.beside?.forward?.recordId === event.reservationId
  const asked = legs.find((leg) => isMeant(leg) && (phase !== 'talking' || leg.id !== winnerId))
  if (asked === undefined || legs.some((leg) => isMeant(leg) && leg.id === winnerId)) return undefined
  const { atMs, authorization } = event
  if (phase !== 'setup') return noteAuthorization(step, event)
  if (authorization.allowed) return startLegs(noteAuthorization(step, event), atMs, isMeant)
  const refused = cancelLegs(step, '', isMeant)
  const { disposition, statusCode, code } = callFailure(authorization.code)
  const ended = endForwards(refused, atMs, (recordId) => recordId === event.reservationId, { disposition, statusCode, code })
  return failWhenOver(ended, 'failed', atMs) ?? ended
}

/** Nobody is left to wait for. */
function failWhenOver(step: Step, outcome: 'no-answer' | 'failed', atMs: number): Step | undefined {
  const { attempt, legs } = step.state
  const isOver = legs.every((leg) => leg.attempt !== attempt?.number || leg.phase === 'over' || leg.phase === 'cancelling')
  return isOver ? failAttempt(step, outcome, 480, atMs) : undefined
}

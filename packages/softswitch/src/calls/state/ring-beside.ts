import type { AuthorizationRequest } from '../../ports/call-authorizer.ts'
import { act, changeLeg, go, startTimer } from './call-state.ts'
import type { Attempt, LegState, Step } from './call-state.ts'
import { FORWARD_ENDS, forwardLegOf } from './forward-view.ts'
import type { ForwardView } from './forward-view.ts'
import type { BesidePlan } from './leg-plan.ts'

/** Those called beside the phones of a user begin and end to ring in their own time, counted from when the phones began. */

/** Waits for the next moment at which one of them begins or ends to ring, if there is one. */
export function awaitBeside(step: Step, attempt: Attempt | undefined, elapsedMs: number): Step {
  if (attempt === undefined || !step.state.legs.some(({ plan }) => plan.beside !== undefined)) return step
  const moments = step.state.legs.filter((leg) => leg.attempt === attempt.number).flatMap(momentsOf)
  const dueMs = Math.min(...moments.filter((moment) => moment > elapsedMs))
  if (!Number.isFinite(dueMs)) return step
  return startTimer(go(step, { attempt: { ...attempt, besideDueMs: dueMs } }), 'beside', dueMs - elapsedMs)
}

/**
 * Whether the answer of one speaks for all: a 6xx does where the phones of one person ring (RFC 3261 16.7 step 5). Who is called beside
 * them speaks for himself, unless the user says otherwise.
 */
export function endsRinging({ plan: { beside } }: LegState, statusCode: number, attempt: Attempt | undefined): boolean {
  if (beside === undefined) return statusCode >= 600 && attempt?.ringsSeveral !== true
  return beside.endsRingingWhenBusy && (statusCode === 486 || statusCode >= 600)
}

export function startOf({ plan: { beside } }: LegState): number {
  return beside?.startsAfterMs ?? 0
}

export function endOf({ plan: { beside }, confirming }: LegState): number {
  return beside?.ringsForMs === undefined || confirming === true ? Infinity : beside.startsAfterMs + beside.ringsForMs
}

function momentsOf(leg: LegState): readonly number[] {
  if (leg.phase === 'over' || leg.phase === 'cancelling') return []
  return leg.phase === 'planned' ? [startOf(leg), endOf(leg)] : [endOf(leg)]
}

/** Sends the INVITEs of those that wait and are meant; whoever pays for a leg out of the account is asked first. */
export function startLegs(step: Step, atMs: number, which: (leg: LegState) => boolean): Step {
  let next = step
  for (const leg of step.state.legs) {
    if (leg.phase !== 'planned' || !which(leg)) continue
    const forward = leg.plan.beside?.forward
    const view = next.state.forwards?.find(({ recordId }) => recordId === forward?.recordId)
    if (forward === undefined || view?.authorization !== undefined)
      next = act(changeLeg(next, leg.id, { phase: 'starting' }), { type: 'startLeg', legId: leg.id, plan: leg.plan })
    else if (view === undefined) next = askForward(next, forward, atMs)
  }
  return next
}

function askForward(step: Step, { recordId, account, verdict }: NonNullable<BesidePlan['forward']>, atMs: number): Step {
  const { state } = step
  const view = forwardLegOf(state, { account, decision: verdict, forwardRecordId: recordId, atMs })
  if (view === undefined) return step
  const request: AuthorizationRequest = {
    reservationId: recordId,
    sessionId: state.sessionId,
    partitionId: account.partitionId,
    accountId: account.accountId,
    userId: view.by.userId,
    lineId: view.by.lineId,
    callingNumber: verdict.caller.number,
    calledNumber: verdict.number,
    category: view.category,
    sentOn: 'forwarded',
    atMs,
  }
  return go(step, { forwards: [...(state.forwards ?? []), view] }, { type: 'askAuthorization', request })
}

/** The records of legs beside the phones that nobody answered there. */
export function endForwards(step: Step, atMs: number, which: (recordId: string) => boolean, ended: ForwardEnd = GIVEN_UP): Step {
  const { forwards, legs } = step.state
  if (forwards === undefined) return step
  const beside = new Set(legs.flatMap(({ plan }) => plan.beside?.forward?.recordId ?? []))
  const isMeant = (view: ForwardView) => view.ended === undefined && beside.has(view.recordId) && which(view.recordId)
  if (!forwards.some(isMeant)) return step
  return go(step, { forwards: forwards.map((view) => (isMeant(view) ? { ...view, ended: { atMs, ...ended } } : view)) })
}

type ForwardEnd = Omit<NonNullable<ForwardView['ended']>, 'atMs'>
const GIVEN_UP: ForwardEnd = { disposition: 'CANCELLED', statusCode: 487, code: 'AnsweredElsewhere' }

/** One of them has refused, while others ring. */
export function endForwardOf(step: Step, leg: LegState, { statusCode, atMs }: { readonly statusCode: number; readonly atMs: number }): Step {
  const id = leg.plan.beside?.forward?.recordId
  const isLast = !step.state.legs.some(({ plan, phase }) => plan.beside?.forward?.recordId === id && phase !== 'over' && phase !== 'cancelling')
  if (id === undefined || !isLast) return step
  const isBusy = statusCode === 486 || statusCode === 600
  const { disposition, code } = FORWARD_ENDS[isBusy ? 'busy' : statusCode === 480 || statusCode === 408 ? 'no-answer' : 'failed']
  return endForwards(step, atMs, (recordId) => recordId === id, { disposition, code, statusCode })
}

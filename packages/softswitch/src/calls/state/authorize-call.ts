import type { AuthorizationRequest } from '../../ports/call-authorizer.ts'
import { callFailure, reasonOf } from '../call-failure.ts'
import type { CallEvent, CallSide } from './call-event.ts'
import { act, go, startTimer } from './call-state.ts'
import type { AccountView, CallState, Step } from './call-state.ts'
import { limitsOf, TICK_MS } from './authorized-limits.ts'
import type { Limit } from './authorized-limits.ts'
import { endSetup, endTalk } from './end-call.ts'
import type { ForwardView } from './forward-view.ts'
import { failSetup } from './join-events.ts'
import { paidSinceOf } from './late-legs.ts'
import { isMixed } from './mix-state.ts'
import { partyOf } from './transfer-state.ts'

type Routed = Extract<CallEvent, { type: 'routed' }>
type Authorized = Extract<CallEvent, { type: 'authorized' }>

/**
 * Whoever pays for the leg a decision leads to is asked first (S4-40): for carriers, and for other accounts when one of ours calls.
 * Help never is (C-58): an emergency decision does not come here.
 * @returns undefined when nobody has to be asked
 */
export function askAuthorization(step: Step, event: Routed): Step | undefined {
  const { decision } = event
  if (decision.kind !== 'carrier' && decision.kind !== 'on-net') return undefined
  const { state } = step
  const { partitionId, accountId } = event.account
  const payer = payerOf(state, event)
  if (payer === undefined) return undefined
  const request: AuthorizationRequest = {
    reservationId: payer.recordId,
    sessionId: state.sessionId,
    partitionId,
    accountId,
    ...('by' in payer ? { userId: payer.by.userId, lineId: payer.by.lineId } : lineOf(state)),
    callingNumber: decision.caller.number,
    calledNumber: decision.number,
    category: decision.kind === 'carrier' ? decision.category : 'OnNet',
    sentOn: 'by' in payer ? 'forwarded' : state.transfer.origin === undefined ? undefined : 'transferred',
    atMs: event.atMs,
  }
  return go(step, { awaitsAuthorization: event }, { type: 'askAuthorization', request })
}

function payerOf(state: CallState, { account, forwardRecordId }: Routed): AccountView | ForwardView | undefined {
  if (forwardRecordId !== undefined) return state.forwards?.findLast((forward) => forward.viaRecordId === account.recordId && forward.ended === undefined)
  return state.accounts.find((view) => view.recordId === account.recordId && view.role === 'origin')
}

function lineOf({ origin }: CallState): Pick<AuthorizationRequest, 'userId' | 'lineId'> {
  return origin.kind === 'line' ? { userId: origin.userId, lineId: origin.lineId === '' ? undefined : origin.lineId } : { userId: undefined, lineId: undefined }
}

/**
 * The answer: the call goes on to where it was routed, or is refused; one that is talking goes on, or is at its end.
 * @param proceed what the decision that waited asks for
 */
export function onAuthorized(step: Step, event: Authorized, proceed: (step: Step, routed: Routed) => Step): Step {
  const { phase, awaitsAuthorization: routed } = step.state
  const { authorization } = event
  // One that came from another call may be asked for more meanwhile.
  if (phase === 'setup' && routed !== undefined && event.reservationId === payerOf(step.state, routed)?.recordId) {
    const decided = go(step, { awaitsAuthorization: undefined })
    if (!authorization.allowed) return failSetup(decided, { atMs: event.atMs, failure: callFailure(authorization.code), hangupBy: 'system' })
    return proceed(noteAuthorization(decided, event), { ...routed, atMs: event.atMs })
  }
  if (phase === 'over' || (phase === 'setup' && !limitsOf(step.state).some(({ reservationId }) => reservationId === event.reservationId))) return step
  if (!authorization.allowed) return step.state.talkEnded === undefined ? onNoMore(step, event) : step
  return startLimitTimer(noteAuthorization(step, event), event.atMs)
}

/** What was authorised is a fact of the record it is charged by, wherever that is kept now. */
export function noteAuthorization(step: Step, { reservationId, authorization }: Authorized): Step {
  if (!authorization.allowed) return step
  const { maxSeconds, planId, mostSeconds } = authorization
  const note = { maxSeconds, planId }
  const { accounts, forwards, transfer, answeredAtMs = 0 } = step.state
  let beforeMs = 0
  const mark = <View extends AccountView>(view: View): View => (view.recordId === reservationId ? { ...view, authorization: note } : view)
  const guests = { ...transfer.guests }
  for (const side of ['caller', 'callee'] satisfies CallSide[]) {
    const guest = guests[side]
    if (guest === undefined) continue
    guests[side] = { ...guest, records: guest.records.map((record) => (record.id === reservationId ? { ...record, authorization: note } : record)) }
    const carried = guest.records.find(({ id }) => id === reservationId)
    beforeMs = carried?.answeredAtMs === undefined ? beforeMs : answeredAtMs - carried.answeredAtMs
  }
  // Of a leg that came from another call it counts from the answer there.
  const most = mostSeconds === undefined ? {} : { mostSeconds: mostSeconds - beforeMs / 1000 }
  return go(step, { accounts: accounts.map(mark), forwards: forwards?.map(mark), transfer: { ...transfer, guests }, ...most })
}

/** Runs to the first moment at which more is to be asked for, or there is no more. */
export function startLimitTimer(step: Step, atMs: number): Step {
  const limits = limitsOf(step.state)
  if (limits.length === 0 || step.state.emergency !== undefined || step.state.phase === 'over') return step
  const moments = limits.map((limit) => (refusalOf(step.state, limit) === undefined ? limit.askAtMs : limit.atMs))
  return startTimer(startWarning(step, atMs), 'authorized', Math.max(0, Math.min(...moments) - atMs))
}

/** The authorised time is nearly over: is there more? The call goes on meanwhile. When it is over and there was none, so is the call. */
export function onLimitReached(step: Step, atMs: number): Step {
  const { state } = step
  if (state.phase === 'over' || state.emergency !== undefined) return step
  const limits = limitsOf(state)
  const over = limits.find((limit) => refusalOf(state, limit) !== undefined && limit.atMs <= atMs + TICK_MS)
  if (over !== undefined) return endAtLimit(step, over, atMs)
  const due = limits.filter((limit) => refusalOf(state, limit) === undefined && limit.askAtMs <= atMs + TICK_MS)
  return due.length === 0
    ? startLimitTimer(step, atMs)
    : act(step, ...due.map(({ reservationId }) => ({ type: 'extendAuthorization', reservationId }) as const))
}

/** There is no more than what was authorised: the two are told, so that they know when the call ends. */
function onNoMore(step: Step, { reservationId, authorization, atMs }: Authorized): Step {
  if (authorization.allowed) return step
  const code = authorization.code === 'PlanMinutesExhausted' ? 'MinutesUsedUp' : authorization.code
  const noMore = go(step, { refusedMore: [...(step.state.refusedMore ?? []), { reservationId, code }] })
  const limit = limitsOf(noMore.state).find((one) => one.reservationId === reservationId)
  if (limit === undefined || limit.atMs <= atMs + TICK_MS) return endAtLimit(noMore, { reservationId, atMs: limit?.atMs ?? atMs }, atMs)
  const told = code === 'MinutesUsedUp' ? announceLimit(noMore, 'minutes-used-up', limit.accountId, { endsInMs: limit.atMs - atMs }) : noMore
  return startLimitTimer(told, atMs)
}

/** Only two who talk are told: in a mix others hear it too. */
function announceLimit(
  step: Step,
  promptId: 'minutes-used-up' | 'minute-left',
  accountId: string,
  how: { readonly endsInMs?: number; readonly to?: CallSide },
): Step {
  const { hasHoldMusic, transfer, phase } = step.state
  const isFree = phase === 'talking' && hasHoldMusic === true && !isMixed(step.state) && transfer.renegotiation === undefined
  return isFree ? act(step, { type: 'announceLimit', promptId, accountId, ...how }) : step
}

/** A minute before nothing can be left any more who pays is told, unless they have hardly begun to talk. */
function startWarning(step: Step, atMs: number): Step {
  const { mostSeconds } = step.state
  const answeredAtMs = paidSinceOf(step.state)
  if (mostSeconds === undefined || answeredAtMs === undefined || mostSeconds < WARNED_BEFORE_SECONDS + WARNED_AFTER_SECONDS) return step
  const warnAtMs = answeredAtMs + (mostSeconds - WARNED_BEFORE_SECONDS) * 1000
  return warnAtMs < atMs ? step : startTimer(step, 'minuteLeft', warnAtMs - atMs)
}

const WARNED_BEFORE_SECONDS = 60
const WARNED_AFTER_SECONDS = 10

export function onMinuteLeft(step: Step): Step {
  const [limit] = limitsOf(step.state)
  if (step.state.phase !== 'talking' || limit === undefined) return step
  // It is nobody's business but theirs who pay; of a call that was sent on they are not there.
  const to = (['caller', 'callee'] as const).find((side) => {
    const party = partyOf(step.state, side)
    return party?.kind === 'line' && party.accountId === limit.accountId
  })
  return to === undefined ? step : announceLimit(step, 'minute-left', limit.accountId, { to })
}

function refusalOf({ refusedMore }: CallState, { reservationId }: Pick<Limit, 'reservationId'>): string | undefined {
  return refusedMore?.find((refused) => refused.reservationId === reservationId)?.code
}

/** The call ends, by its records in the very second that was authorised. The one place where a call ends for want of minutes. */
function endAtLimit(step: Step, limit: Pick<Limit, 'reservationId' | 'atMs'>, atMs: number): Step {
  const code = refusalOf(step.state, limit) ?? 'MinutesUsedUp'
  const end = { atMs: Math.min(atMs, limit.atMs), hangupBy: 'system' } as const
  if (step.state.phase === 'setup') return endSetup(step, { ...end, failure: callFailure(code) })
  return endTalk(step, { ...end, code, reason: reasonOf(callFailure(code)) })
}

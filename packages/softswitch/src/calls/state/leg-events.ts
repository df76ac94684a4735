import { isFinalCarrierAnswer } from '@dialtone/call-routing'
import { callFailure, reasonOf } from '../call-failure.ts'
import { startLimitTimer } from './authorize-call.ts'
import { bestResponse } from './best-response.ts'
import type { CallEvent } from './call-event.ts'
import { act, changeLeg, go, isAwaited, legOf, legsWith, MAX_LEGS, nextLegNumber, startTimer, stopTimers, viewAt } from './call-state.ts'
import type { CallState, LegState, Step } from './call-state.ts'
import { ANSWERED_ELSEWHERE, byeLeg, cancelLegs, endSetup, endTalk, goneReason, NORMAL_CLEARING } from './end-call.ts'
import { onOwnPhoneAnswered } from './click-to-call.ts'
import { beginFax } from './fax-call.ts'
import type { ForwardView } from './forward-view.ts'
import { connectWaiting, tellProgress } from './join-events.ts'
import { answerLate } from './late-legs.ts'
import type { BesidePlan, LegPlan } from './leg-plan.ts'
import { askRedirection } from './redirection.ts'
import { refusesMedia } from './refuses-media.ts'
import { onPartyLeft } from './refer-events.ts'
import { endForwardOf, endForwards, endsRinging } from './ring-beside.ts'
import { noteRinging } from './ring-times.ts'
import { causeIn, failAttempt, viewOf } from './route-call.ts'
import { stopService } from './service-state.ts'

type Of<Type extends CallEvent['type']> = Extract<CallEvent, { type: Type }>

/** Its INVITE is on its way. */
export function onLegStarted(step: Step, { legId, sipCallId: callId, tag: ourTag }: Of<'legStarted'>): Step {
  const started = go(step, { sipCallIds: [...step.state.sipCallIds, callId] })
  return ourTag === undefined ? started : changeLeg(started, legId, { dialog: { callId, ourTag } })
}

/** With the tag of the first who rings there: a proxy behind it may have forked. */
function dialogOf({ dialog }: LegState, theirTag: string | undefined): Pick<LegState, 'dialog'> {
  return dialog === undefined || theirTag === undefined || dialog.theirTag !== undefined ? {} : { dialog: { ...dialog, theirTag } }
}

/** 180 is told once; the first early media is relayed, that of other forks is not (RFC 3261 13.2.2.4 leaves it to us). */
export function onLegProgress(step: Step, event: Of<'legProgress'>): Step {
  const leg = legOf(step.state, event.legId)
  const { attempt } = step.state
  if (leg === undefined || attempt === undefined || !isAwaited(step, leg)) return step
  // RFC 6228 4, 5: a branch further on has ended, nobody rings because of it; only who asks for it may be told.
  if (event.statusCode === 199) return step
  // Early media needs our offer to be the caller's: with a delayed offer there is nothing to answer yet.
  const sdp = step.state.offer === undefined ? undefined : event.sdp
  const isFirstMedia = sdp !== undefined && (attempt.earlyMediaLegId ?? leg.id) === leg.id
  const isNews = attempt.earlyMediaLegId === undefined && attempt.progressSent !== 180 && attempt.progressSent !== event.statusCode
  const isTold = isFirstMedia || isNews
  const earlyMediaLegId = isFirstMedia ? leg.id : attempt.earlyMediaLegId
  const rung = go(step, {
    legs: legsWith(step.state, leg.id, { phase: 'ringing', earlySdp: event.sdp ?? leg.earlySdp, ...dialogOf(leg, event.tag) }),
    ...noteRinging(step.state, leg, event.atMs),
    attempt: isTold ? { ...attempt, earlyMediaLegId, progressSent: event.statusCode } : attempt,
  })
  const next = stopTimers(rung, 'carrierSetup')
  const told = isTold ? progressCaller(next, event.statusCode, leg.id, isFirstMedia ? sdp : undefined) : next
  return leg.phase === 'ringing' ? told : act(told, { type: 'checkpointRecords', isRinging: true })
}

/** Who has answered is asked whether the call may come: for the call it rings, for as long as that takes. */
export function onConfirmation(step: Step, { legId, code }: Of<'confirmation'>): Step {
  const leg = legOf(step.state, legId)
  return code === 'Asked' && leg !== undefined && isAwaited(step, leg) ? changeLeg(step, legId, { confirming: true }) : step
}

/** The caller hears it; of a transferred call, the transferor. */
function progressCaller(step: Step, statusCode: number, legId: string, sdp: string | undefined): Step {
  return tellProgress(step, statusCode) ?? act(step, { type: 'progressCaller', statusCode, legId, sdp })
}

/** The first leg that answers wins; every other one is cancelled, or hung up when its answer crossed the CANCEL. */
export function onLegAnswered(step: Step, event: Of<'legAnswered'>): Step {
  const leg = legOf(step.state, event.legId)
  if (leg === undefined || leg.phase === 'over' || leg.phase === 'answered') return step
  if (!isAwaited(step, leg)) return byeLeg(step, leg.id, step.state.phase === 'talking' ? ANSWERED_ELSEWHERE : NORMAL_CLEARING)
  const accounts = accountsAnsweredBy(step.state, leg.plan, event.atMs)
  const answeredAtMs = step.state.servedAtMs ?? event.atMs
  const sdp = event.sdp === '' ? (leg.earlySdp ?? '') : event.sdp
  const legs = legsWith(step.state, leg.id, { phase: 'answered', statusCode: 200 })
  const descriptions = { ...step.state.descriptions, callee: sdp }
  const talking = go(step, { phase: 'talking', winnerId: leg.id, answeredAtMs, accounts, legs, descriptions })
  const others = cancelLegs(talking, ANSWERED_ELSEWHERE, (other) => other.id !== leg.id)
  const ended = endForwards(stopService(others), event.atMs, (recordId) => recordId !== leg.plan.beside?.forward?.recordId)
  const alone = answerLate(ended, event.atMs)
  const { clickToCall, faxCall } = step.state
  if (clickToCall !== undefined) return onOwnPhoneAnswered(stopTimers(alone, 'ring', 'maxRing'), event.atMs, clickToCall)
  if (faxCall !== undefined) return beginFax(stopTimers(alone, 'ring', 'beside', 'carrierSetup', 'maxRing'), { ...event, sdp })
  const next = answerCaller(stopTimers(alone, 'ring', 'beside', 'carrierSetup', 'maxRing'), leg.id, sdp)
  const bounded = startTimer(act(next, { type: 'checkpointRecords' }), 'maxCall', step.state.times.maxCallMs)
  return startLimitTimer(bounded, event.atMs)
}

/** What the records know from now on: who has answered, and for which account when it was called beside the others. */
function accountsAnsweredBy(state: CallState, { lineId, carrierId, beside }: LegPlan, atMs: number): CallState['accounts'] {
  const accounts = beside === undefined ? state.accounts : accountsBeside(state, beside, atMs)
  const answering = beside?.account.recordId ?? viewAt(accounts, state.question.accountId)?.recordId
  return accounts.map((account) =>
    account.recordId !== answering || account.forwardedTo !== undefined
      ? account
      : { ...account, calledLineId: lineId ?? account.calledLineId, carrierId: carrierId ?? account.carrierId },
  )
}

/** A leg out of the account is one that was sent on; another account it leads to takes part in the call from now on. */
function accountsBeside(state: CallState, { account, verdict, forward }: BesidePlan, atMs: number): CallState['accounts'] {
  if (forward === undefined) return viewOf(state, { account, decision: verdict, atMs })
  const { account: by, verdict: decision, recordId: forwardRecordId } = forward
  const accounts = viewOf(state, { account: by, decision, forwardRecordId, atMs })
  return account.recordId === by.recordId ? accounts : viewOf({ ...state, accounts }, { account, decision: verdict, atMs })
}

/** The caller gets the answer; a transferee is fetched, or connected when it waits here already. */
function answerCaller(step: Step, legId: string, sdp: string): Step {
  const { callerLeg, transfer, sessionId } = step.state
  if (callerLeg === 'waiting') return connectWaiting(step)
  if (callerLeg !== 'lent' || transfer.origin === undefined) return go(step, { callerLeg: 'answered' }, { type: 'answerCaller', legId, sdp })
  const message = { type: 'partyClaimed', bySessionId: sessionId, side: 'caller' } as const
  return act(step, { type: 'tellCall', sessionId: transfer.origin.fromSessionId, message })
}

/** One fork said no. The others may still answer, unless it said no for everybody (6xx, RFC 3261 16.7 step 5). */
export function onLegRejected(step: Step, event: Of<'legRejected'>): Step {
  const leg = legOf(step.state, event.legId)
  if (leg === undefined || leg.phase === 'over') return step
  const asked = isAwaited(step, leg) ? askRedirection(step, leg, event) : undefined
  if (asked !== undefined) return asked
  const why = event.reason === undefined ? {} : { reason: event.reason }
  const next = changeLeg(step, leg.id, { phase: 'over', statusCode: event.statusCode, local: event.local, ...why })
  if (!isAwaited(step, leg)) return leg.id === step.state.winnerId ? onWinnerLost(next, event.atMs) : next
  const again = retryOtherwise(next, leg, event) ?? retryWithoutEnclosure(next, leg, event) ?? tryNextCarrier(next, leg, event)
  if (again !== undefined) return again
  const forks = next.state.legs.filter((fork) => fork.attempt === leg.attempt)
  const isGlobal = endsRinging(leg, event.statusCode, step.state.attempt)
  if (!isGlobal && forks.some((fork) => fork.phase !== 'over' && fork.phase !== 'cancelling')) return endForwardOf(next, leg, event)
  const anchored = retryAnchored(next, forks)
  if (anchored !== undefined) return anchored
  const cancelled = cancelLegs(next, `SIP;cause=${event.statusCode}`, (fork) => fork.attempt === leg.attempt)
  const best = bestResponse(isGlobal ? forks.filter((fork) => fork.id === leg.id) : forks, step.state.attempt?.kind ?? 'ring')
  const { statusCode, reason } = best
  const refused = go(cancelled, { refusal: reason === undefined ? undefined : { statusCode, reason } })
  return failAttempt(refused, best.outcome, statusCode, event.atMs)
}

/**
 * SRTP ends at us on each leg: a phone that refuses the SRTP of the caller is asked again, once, with plain RTP, and one that refuses anything else is
 * asked for SRTP, as it may speak nothing but that. What passes us cannot be changed: see retryAnchored.
 */
function retryOtherwise(step: Step, leg: LegState, event: Of<'legRejected'>): Step | undefined {
  const { plan } = leg
  if (plan.kind !== 'line' || plan.encryption !== undefined || event.local || !refusesMedia(event.statusCode)) return undefined
  const { offer, isUnanchored } = step.state
  if (isUnanchored === true || isFax(offer)) return undefined
  return tryAgain(step, leg, { ...plan, encryption: plan.confirms !== true && isSecure(offer) ? 'none' : 'required' })
}

/** A fax has no keys. */
function isFax(offer: string | undefined): boolean {
  return offer !== undefined && !/^m=audio [1-9]/m.test(offer) && /^m=image [1-9]/m.test(offer)
}

function isSecure(offer: string | undefined): boolean {
  return offer !== undefined && /^m=audio [1-9]\d* RTP\/SAVP/m.test(offer)
}

/**
 * Media that passes us cannot be changed: when nobody else rings any more, those who refused it are asked again over a session that SRTP ends at. While
 * others ring with the caller's own description the session stays what it is.
 */
function retryAnchored(step: Step, forks: readonly LegState[]): Step | undefined {
  const { offer, isUnanchored, legs } = step.state
  if (isUnanchored !== true || offer === undefined || isFax(offer)) return undefined
  const isRefused = ({ plan, local, statusCode }: LegState) =>
    plan.confirms !== true && !local && refusesMedia(statusCode) && (plan.kind === 'line' || (plan.kind === 'carrier' && isSecure(offer)))
  const encryption = isSecure(offer) ? 'none' : 'required'
  const again = forks.filter(isRefused).map((leg, index): LegState => {
    const plan: LegPlan = { ...leg.plan, mustAnchor: true, ...(leg.plan.kind === 'line' ? { encryption } : {}) }
    return { ...leg, id: `b${nextLegNumber(step.state) + index}`, plan, phase: 'planned', statusCode: 0, local: false, earlySdp: undefined }
  })
  if (again.length === 0 || legs.length + again.length > MAX_LEGS) return undefined
  return go(step, { legs: [...legs, ...again], media: 'opening' }, { type: 'openMedia' })
}

/**
 * What a peer answers to parts or header fields it cannot read: bad request, media type, extension, location (RFC 6442 4.3), size. The same
 * peer is asked again, once, without them: nobody who calls for help waits for another route because of the papers.
 */
const REFUSES_ENCLOSURE: ReadonlySet<number> = new Set([400, 406, 413, 415, 420, 424, 488, 493, 513, 606])

function retryWithoutEnclosure(step: Step, leg: LegState, event: Of<'legRejected'>): Step | undefined {
  const { enclosed, ...plan } = leg.plan
  if (enclosed === undefined || event.local || !REFUSES_ENCLOSURE.has(event.statusCode)) return undefined
  return tryAgain(step, leg, plan)
}

/** Who is called beside others is called by the next carrier when this one fails, as whoever is called alone (S3-12). */
function tryNextCarrier(step: Step, leg: LegState, event: Of<'legRejected'>): Step | undefined {
  const { carrierId, otherCarriers: [plan, ...rest] = [], beside } = leg.plan
  if (plan === undefined) return undefined
  const { statusCode, reason } = event
  const { outcome } = bestResponse([{ ...leg, statusCode }], 'carrier')
  if (isFinalCarrierAnswer({ target: '', outcome, statusCode, ...causeIn(reason) })) return undefined
  const { forwards } = step.state
  const isSame = (view: ForwardView) => view.recordId === beside?.forward?.recordId && view.carrierId === carrierId
  const moved = forwards?.map((view) => (isSame(view) ? { ...view, carrierId: plan.carrierId } : view))
  return tryAgain(go(step, { forwards: moved }), leg, { ...plan, otherCarriers: rest })
}

/** The same leg once more, by another plan. */
function tryAgain(step: Step, leg: LegState, plan: LegPlan): Step | undefined {
  const { legs } = step.state
  if (legs.length >= MAX_LEGS) return undefined
  const again: LegState = {
    ...leg,
    id: `b${nextLegNumber(step.state)}`,
    plan,
    phase: 'starting',
    statusCode: 0,
    local: false,
    earlySdp: undefined,
  }
  return go(step, { legs: [...legs, again] }, { type: 'startLeg', legId: again.id, plan })
}

function onWinnerLost(step: Step, atMs: number): Step {
  return step.state.phase === 'talking' ? endTalk(step, { atMs, hangupBy: 'callee', code: 'LegGone' }) : step
}

/** The called party hung up, or is gone. */
export function onLegEnded(step: Step, event: Of<'legEnded'>): Step {
  const leg = legOf(step.state, event.legId)
  if (leg === undefined || leg.phase === 'over') return step
  const next = changeLeg(step, leg.id, { phase: 'over' })
  if (leg.id !== step.state.winnerId || step.state.phase !== 'talking') return next
  const hangupBy = event.cause === 'bye' ? 'callee' : 'system'
  return onPartyLeft(next, 'callee', {
    atMs: event.atMs,
    hangupBy,
    code: event.cause === 'bye' ? 'CalleeHungUp' : 'CalleeGone',
    reason: event.reason ?? goneReason(event.cause),
  })
}

/** Nobody answered in the time the user set. */
export function onRingTimeout(step: Step, atMs: number): Step {
  const { attempt } = step.state
  if (step.state.phase !== 'setup' || attempt === undefined) return step
  const isOfAttempt = (leg: LegState) => leg.attempt === attempt.number
  // Somebody has answered and is asked whether it is him: that ends by itself soon.
  const isAsked = step.state.legs.some((leg) => isOfAttempt(leg) && leg.confirming === true && isAwaited(step, leg))
  const cancelled = cancelLegs(step, 'Q.850;cause=19;text="No answer from user"', (leg) => isOfAttempt(leg) && leg.confirming !== true)
  return isAsked ? cancelled : failAttempt(cancelled, 'no-answer', 480, atMs)
}

/** A carrier that says nothing while another one is waiting (RFC 3263 4.3 speaks of the same need). */
export function onCarrierSilent(step: Step, atMs: number): Step {
  const { attempt } = step.state
  if (step.state.phase !== 'setup' || attempt === undefined) return step
  const cancelled = cancelLegs(step, 'Q.850;cause=102;text="Recovery on timer expiry"', (leg) => leg.attempt === attempt.number)
  return failAttempt(cancelled, 'failed', 408, atMs)
}

/** The session description of a side cannot be carried, or there is no session to be had. */
export function onMediaRefused(step: Step, event: Of<'mediaRefused'>): Step {
  const { state } = step
  const closed = state.media === 'opening' ? go(step, { media: 'closed' }) : step
  const failure = callFailure(event.code)
  if (state.phase === 'setup') return endSetup(closed, { atMs: event.atMs, failure, hangupBy: 'system' })
  if (state.phase === 'over') return closed
  // The callee's description was the bad one: it has answered, the caller has not heard of it yet.
  if (event.legId === state.winnerId) {
    return endSetup(go(closed, { callerLeg: 'early' }), { atMs: event.atMs, failure: callFailure('BadAnswer'), hangupBy: 'system' })
  }
  return endTalk(closed, { atMs: event.atMs, hangupBy: 'system', code: event.code, reason: reasonOf(failure) })
}

import { callFailure, reasonOf } from '../call-failure.ts'
import { endAttendance } from './attend-events.ts'
import type { CallEvent, CallSide } from './call-event.ts'
import { act, dropReinvite, go, legOf, nextLegNumber, stopTimers } from './call-state.ts'
import type { CallState, LegState, Step } from './call-state.ts'
import { ANSWERED_ELSEWHERE, byeLeg, cancelLegs, endSetup, endTalk, NORMAL_CLEARING } from './end-call.ts'
import type { SetupEnd } from './end-call.ts'
import { onOwnEndAnswered, onOwnEndRefused } from './mix-events.ts'
import { isMixed, isOfTwo } from './mix-state.ts'
import { onRetrieveAnswered, onRetrieveRefused } from './retrieve-events.ts'
import { beginServed, endWithWords, runService, tellServiceOfFailure } from './service-events.ts'
import { isServed } from './service-state.ts'
import { changeTransfer, otherSide, partyOf, RECALL_RING_MS, withoutDirection } from './transfer-state.ts'
import type { Party, RenegotiationPurpose } from './transfer-state.ts'

type Of<Type extends CallEvent['type']> = Extract<CallEvent, { type: Type }>

/**
 * An attended transfer wants to put somebody in the place of one side (RFC 5589 7). Only calls of one account are joined; a
 * foreign one looks as if it did not exist. A call that still rings can only get another caller (semi-attended), and one that talks to the platform.
 */
export function onReplacementOffered(step: Step, event: Of<'replacementOffered'>): Step {
  const { state } = step
  const replaced = partyOf(state, event.side)
  const isOwn = replaced?.kind === 'line' && replaced.accountId === event.transferor.accountId && state.emergency === undefined
  if (!isOwn || state.phase === 'over') return refuse(step, event.bySessionId, 481, 'Call/Transaction Does Not Exist')
  // Who may listen to calls of others may, and nobody in his place.
  if (state.service?.order.kind === 'supervise') return refuse(step, event.bySessionId, 403, 'Forbidden')
  const { referral, takeover, renegotiation } = state.transfer
  const isFree = (!isMixed(state) || isOfTwo(state)) && referral === undefined && takeover === undefined && renegotiation === undefined
  const canGetCaller = event.side === 'caller' && (state.callerLeg === 'early' || isServed(state))
  const isReady = state.phase === 'talking' ? state.callerLeg === 'answered' : canGetCaller
  if (!isFree || !isReady) return refuse(step, event.bySessionId, 491, 'Request Pending')
  const message = { type: 'partyClaimed', bySessionId: state.sessionId, side: event.side } as const
  return act(step, { type: 'tellCall', sessionId: event.bySessionId, message })
}

function refuse(step: Step, sessionId: string, statusCode: number, reasonPhrase: string): Step {
  const message = { type: 'transferFailed', bySessionId: step.state.sessionId, statusCode, reasonPhrase } as const
  return act(step, { type: 'tellCall', sessionId, message })
}

/** The transferee is not to be had any more: whoever rings for it stops. */
export function onTransferAbandoned(step: Step, event: Of<'transferAbandoned'>): Step {
  const { phase, callerLeg, transfer } = step.state
  if (callerLeg !== 'lent' || transfer.origin?.fromSessionId !== event.bySessionId) return step
  const next = go(step, { callerLeg: 'over' })
  if (phase === 'talking') return endTalk(next, { atMs: event.atMs, hangupBy: 'caller', code: 'TransfereeGone' })
  return phase === 'setup' ? endSetup(next, { atMs: event.atMs, failure: callFailure('CallerCancelled'), hangupBy: 'caller' }) : next
}

/** Somebody comes from another call. */
export function onPartyJoined(step: Step, event: Of<'partyJoined'>): Step {
  const { side, party, records, sdp, sipCallId } = event
  const { state } = step
  if (state.phase === 'over') return sendAway(step)
  const guests = { ...state.transfer.guests, [side]: { party, records, wasAnswered: state.phase === 'talking' } }
  const replaced = partyOf(state, side)
  const descriptions = { ...state.descriptions, [side]: sdp }
  const described = go(step, { descriptions, awaitsAnswerOf: undefined, sipCallIds: [...state.sipCallIds, sipCallId] })
  const joined = changeTransfer(described, { guests })
  if (state.callerLeg === 'lent') {
    const seated = seat(joined, 'caller')
    if (state.phase === 'talking') return act(connect(go(seated, { callerLeg: 'answered' }), 'caller', 'settle'), { type: 'checkpointRecords' })
    return waitForTarget(go(seated, { callerLeg: 'waiting' }), event.atMs)
  }
  if (isServed(state)) return replaceServed(joined, party)
  if (state.phase === 'setup') {
    const rejected = { type: 'rejectCaller', statusCode: 487, reasonPhrase: 'Request Terminated', reason: ANSWERED_ELSEWHERE } as const
    const waiting = changeTransfer(go(joined, { callerLeg: 'waiting' }, rejected), { recallTo: replaced })
    return ringback(seat(waiting, 'caller'))
  }
  const free = dropReinvite(endAttendance(joined))
  return act(connect(replaceSide(free, side, NORMAL_CLEARING), side, 'join'), { type: 'checkpointRecords' })
}

/** A transferee whom the platform itself takes is in a call that is going on. */
function waitForTarget(step: Step, atMs: number): Step {
  return ringback(step.state.service === undefined ? step : beginServed(step, atMs))
}

/** Who has reached a menu, a queue, a box gives its place there to somebody else: the program goes on where it is. */
function replaceServed(step: Step, { identity: caller }: Party): Step {
  const { service } = step.state
  // Whom it leads to from now on is called by him.
  const given = service === undefined ? step : go(step, { service: { ...service, caller } })
  const seated = seat(act(given, { type: 'byeCaller', reason: NORMAL_CLEARING }), 'caller')
  const renegotiation = { side: 'caller', purpose: 'ownEnd' } as const
  return act(changeTransfer(seated, { renegotiation }), { type: 'offerRingback', to: 'caller' }, { type: 'checkpointRecords' })
}

/** The call ended in the same moment: the leg that came is hung up. */
function sendAway(step: Step): Step {
  const seated = addLeg(step)
  return byeLeg(seated, seated.state.legs.at(-1)?.id ?? '', NORMAL_CLEARING)
}

function seat(step: Step, side: CallSide, legId = ''): Step {
  return act(step, { type: 'seatParty', side, legId })
}

/** A leg for somebody who was not called but came; answered already. */
function addLeg(step: Step): Step {
  const { legs, winnerId } = step.state
  const before = legOf(step.state, winnerId ?? '') ?? legs.at(-1)
  if (before === undefined) return step
  const { lineId: _line, carrierId: _carrier, ...rest } = before.plan
  const party = step.state.transfer.guests.callee?.party
  const plan = { ...rest, kind: party?.kind ?? 'line', ...(party?.lineId === undefined ? {} : { lineId: party.lineId }) }
  const leg: LegState = { ...before, id: `g${nextLegNumber(step.state)}`, plan, phase: 'answered', statusCode: 200, earlySdp: undefined }
  return seat(go(step, { legs: [...legs, leg] }), 'callee', leg.id)
}

/** Hangs up whoever is at that side; the party that came takes its place (RFC 3891 3). */
export function replaceSide(step: Step, side: CallSide, reason: string): Step {
  if (side === 'caller') return seat(go(step, { callerLeg: 'answered' }, { type: 'byeCaller', reason }), 'caller')
  const { winnerId } = step.state
  const seated = addLeg(step)
  return go(byeLeg(seated, winnerId ?? '', reason), { winnerId: seated.state.legs.at(-1)?.id })
}

/** Third party call control (RFC 3725 4.4): the side is offered what the other one described. */
export function connect(step: Step, side: CallSide, purpose: RenegotiationPurpose): Step {
  const { descriptions, transfer } = step.state
  // One offer at a time: what the ringing tone was offered for is answered first.
  if (transfer.renegotiation !== undefined) return step
  const sdp = withoutDirection(descriptions[otherSide(side)] ?? '')
  return act(changeTransfer(step, { renegotiation: { side, purpose } }), { type: 'offerToParty', to: side, sdp })
}

/** A transferee that waits for the target hears it ring, as in every other call. */
export function ringback(step: Step): Step {
  const { phase, callerLeg, media, transfer } = step.state
  if (phase !== 'setup' || callerLeg !== 'waiting' || media !== 'open' || transfer.renegotiation !== undefined) return step
  const renegotiation = { side: 'caller', purpose: 'ringback' } as const
  return act(changeTransfer(step, { renegotiation }), { type: 'offerRingback', to: 'caller' })
}

/** Connects a transferee that has waited with whoever answered. */
export function connectWaiting(step: Step): Step {
  return connect(go(step, { callerLeg: 'answered' }), 'caller', purposeOf(step.state))
}

/** A target that was called with the transferee's own description knows it; one that was called for the transferor must hear of it. */
function purposeOf(state: CallState): RenegotiationPurpose {
  return state.transfer.origin === undefined && state.servedAtMs === undefined ? 'join' : 'settle'
}

/** The side we made an offer to has answered. @returns undefined when there was no such offer */
export function onRenegotiated(step: Step, event: Of<'reinviteAnswered'>): Step | undefined {
  const { renegotiation } = step.state.transfer
  const { side, sdp } = event
  if (renegotiation?.side !== side) return undefined
  const next = changeTransfer(go(step, { descriptions: { ...step.state.descriptions, [side]: sdp } }), { renegotiation: undefined })
  if (renegotiation.purpose === 'mix') return onOwnEndAnswered(next, side, sdp)
  if (renegotiation.purpose === 'retrieve') return onRetrieveAnswered(next, event)
  if (renegotiation.purpose === 'ringback' || renegotiation.purpose === 'ownEnd') {
    if (step.state.phase !== 'setup') return connect(next, side, purposeOf(step.state))
    const isForService = renegotiation.purpose === 'ownEnd' || step.state.service?.phase === 'opening'
    return isForService ? runService(act(next, { type: 'acceptOwnEnd', sdp })) : act(next, { type: 'playRingback', to: side, sdp })
  }
  const agreed = act(next, { type: 'acceptPartyAnswer', from: side, sdp })
  if (renegotiation.purpose === 'settle') return agreed
  return go(agreed, { reinviteFrom: side }, { type: 'relayReinvite', from: side, sdp })
}

/** The side does not take our offer: without a ringing tone it can live, without the other side it cannot. */
export function onRenegotiationRefused(step: Step, event: Of<'reinviteRejected'>): Step | undefined {
  const { renegotiation } = step.state.transfer
  if (renegotiation?.side !== event.side) return undefined
  const next = changeTransfer(step, { renegotiation: undefined })
  if (renegotiation.purpose === 'retrieve') return onRetrieveRefused(next, event)
  // The caller was in the mix already: back to the other one.
  if (renegotiation.purpose === 'mix') return event.side === 'caller' ? onOwnEndRefused(next) : connect(onOwnEndRefused(next), 'caller', 'join')
  if (renegotiation.purpose === 'ringback' || renegotiation.purpose === 'ownEnd') {
    if (step.state.phase === 'talking') return connect(next, event.side, purposeOf(step.state))
    if (renegotiation.purpose === 'ringback' && step.state.service === undefined) return next
    return endSetup(next, { atMs: event.atMs, failure: callFailure('NoCommonCodec'), hangupBy: 'system' })
  }
  // Who talks to our own end already can go on doing so: the two hear each other there.
  const isHeardHere = renegotiation.purpose === 'settle' && event.side === 'caller' && step.state.servedAtMs !== undefined && step.state.mix === undefined
  if (isHeardHere && step.state.phase === 'talking') return go(next, { mix: { joined: [], renegotiated: true } }, { type: 'bridgeServed' })
  return endTalk(next, { atMs: event.atMs, hangupBy: 'system', code: 'TransferNotAccepted', reason: reasonOf(callFailure('NoCommonCodec')) })
}

/**
 * Nobody could be had. A transferee whose transferor has hung up is given back: the transferor's phone rings again, once.
 */
export function failSetup(step: Step, end: SetupEnd): Step {
  const told = tellServiceOfFailure(step, end.atMs)
  if (told !== undefined) return told
  const { recallTo, recalled } = step.state.transfer
  const caller = partyOf(step.state, 'caller')
  if (recallTo === undefined || recalled || step.state.callerLeg !== 'waiting' || caller === undefined) return endWithWords(step, end)
  const stopped = stopTimers(cancelLegs(step, reasonOf(end.failure)), 'ring', 'beside', 'carrierSetup')
  const recall = { type: 'askRecall', transferor: recallTo, caller, timeoutMs: RECALL_RING_MS } as const
  // What other accounts have to do with it is over: nobody of theirs answered.
  const { disposition, statusCode, code } = end.failure
  const ended = { atMs: end.atMs, disposition, statusCode, code }
  const own = step.state.accounts.find((account) => account.accountId === recallTo.accountId)
  const accounts = step.state.accounts.map((account) => (account === own ? account : { ...account, ended }))
  const question = { ...step.state.question, accountId: recallTo.accountId }
  return go(changeTransfer(stopped, { recalled: true }), { attempt: undefined, accounts, question }, recall)
}

/** Progress of a called leg, for the transferor that asked for it. @returns undefined when the caller hears it itself */
export function tellProgress(step: Step, statusCode: number): Step | undefined {
  const { callerLeg, transfer, sessionId } = step.state
  if (callerLeg === 'waiting') return step
  if (callerLeg !== 'lent' || transfer.origin === undefined) return undefined
  const reasonPhrase = statusCode === 180 ? 'Ringing' : 'Session Progress'
  const message = { type: 'transferProgress', bySessionId: sessionId, statusCode, reasonPhrase } as const
  return act(step, { type: 'tellCall', sessionId: transfer.origin.fromSessionId, message })
}

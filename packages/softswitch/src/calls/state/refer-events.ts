import { buildOwnRecords } from '../../cdr/build-cdr.ts'
import type { CallEffect } from './call-effect.ts'
import type { CallEvent, CallSide } from './call-event.ts'
import { act, changeLeg, dropReinvite, go, startTimer } from './call-state.ts'
import type { CallState, Step } from './call-state.ts'
import { byeLeg, closeCall, endTalk, NORMAL_CLEARING } from './end-call.ts'
import type { TalkEnd } from './end-call.ts'
import { onMixedPartyLeft } from './mix-events.ts'
import { isMixed, isOfTwo } from './mix-state.ts'
import { changeTransfer, MAX_TRANSFERS, otherSide, PARTING_MS, partyOf, withoutDirection } from './transfer-state.ts'
import type { Party } from './transfer-state.ts'

type Of<Type extends CallEvent['type']> = Extract<CallEvent, { type: Type }>

/**
 * REFER (RFC 3515, RFC 5589), consumed here: nobody else ever sees it. Only lines may transfer; carriers, and calls for help,
 * may not. The call stays as it is until there is somebody the transferee can talk to.
 */
export function onReferred(step: Step, event: Of<'referred'>): Step {
  const { state } = step
  const { side, referral } = event
  const refusal = referralRefusal(state, event)
  if (refusal !== undefined) return act(step, { type: 'rejectRefer', side, statusCode: refusal })
  const by = referral.kind === 'blind' && referral.isByOperator === true ? ({ side, isByOperator: true } as const) : { side }
  // No phone has asked, and none is told.
  const accepted = by.isByOperator === true ? step : act(step, { type: 'acceptRefer', side })
  const [transferor, transferee] = [partyOf(state, side), partyOf(state, otherSide(side))]
  const offer = state.descriptions[otherSide(side)]
  if (transferor === undefined || transferee === undefined || offer === undefined) return notify(accepted, by, 500, 'Server Internal Error')
  if (referral.kind === 'blind') {
    const { toSessionId, dialed, recordId } = referral
    const depth = depthOf(state) + 1
    const transfer = { fromSessionId: state.sessionId, transferor, transferee, depth }
    const begin = { type: 'beginTransfer', sessionId: toSessionId, recordId, dialed, offer: withoutDirection(offer), transfer } as const
    return act(changeTransfer(accepted, { referral: { toSessionId, ...by } }), begin)
  }
  // A dialog that is none of ours, or of another tenant, looks the same: it does not exist (RFC 3891 3).
  if (referral.kind !== 'attended' || referral.toSessionId === state.sessionId) return notify(accepted, by, 481, 'Call/Transaction Does Not Exist')
  const { toSessionId, toSide } = referral
  const message = { type: 'replacementOffered', bySessionId: state.sessionId, side: toSide, transferor } as const
  return act(changeTransfer(accepted, { referral: { side, toSessionId } }), { type: 'tellCall', sessionId: toSessionId, message })
}

/** The SIP status a referral is refused with now; undefined: it would be carried out. */
export function referralRefusal(state: CallState, { side, referral }: Pick<Of<'referred'>, 'side' | 'referral'>): number | undefined {
  const { phase, callerLeg, transfer, emergency, reinviteFrom } = state
  if (phase === 'over') return 481
  // There is not one other party that could be sent elsewhere.
  if (isMixed(state) && !isOfTwo(state)) return 603
  const isBusy = transfer.referral !== undefined || transfer.takeover !== undefined || transfer.renegotiation !== undefined || reinviteFrom !== undefined
  if (phase !== 'talking' || callerLeg !== 'answered' || isBusy) return 491
  if (emergency !== undefined || partyOf(state, side)?.kind !== 'line') return 403
  if (referral.kind === 'refused') return referral.statusCode
  return referral.kind === 'blind' && depthOf(state) >= MAX_TRANSFERS ? 483 : undefined
}

function depthOf({ transfer }: CallState): number {
  return transfer.origin?.depth ?? 0
}

function notify(step: Step, { side, isByOperator }: Transferor, statusCode: number, reasonPhrase: string): Step {
  return isByOperator === true ? step : act(step, { type: 'notifyTransferor', side, statusCode, reasonPhrase })
}

type Transferor = Pick<NonNullable<CallState['transfer']['referral']>, 'side' | 'isByOperator'>

export function onTransferProgress(step: Step, event: Of<'transferProgress'>): Step {
  const { referral } = step.state.transfer
  return referral?.toSessionId === event.bySessionId ? notify(step, referral, event.statusCode, event.reasonPhrase) : step
}

/** The target could not be had: the transferor hears why, and the two of them still talk (RFC 5589 6.3). */
export function onTransferFailed(step: Step, event: Of<'transferFailed'>): Step {
  const { referral } = step.state.transfer
  if (referral?.toSessionId !== event.bySessionId) return step
  return notify(changeTransfer(step, { referral: undefined }), referral, event.statusCode, event.reasonPhrase)
}

/** There is somebody for the transferee: it goes there. */
export function onPartyClaimed(step: Step, event: Of<'partyClaimed'>): Step {
  const { phase, transfer, sessionId } = step.state
  const { referral } = transfer
  if (phase === 'talking' && referral?.toSessionId === event.bySessionId) {
    return onClaimed(changeTransfer(step, { referral: { ...referral, claimedAs: event.side } }), event.atMs)
  }
  return act(step, { type: 'tellCall', sessionId: event.bySessionId, message: { type: 'transferAbandoned', bySessionId: sessionId } })
}

/** A party that is being asked something goes when it has answered: whoever takes it could not tell that answer from its own. */
export function onClaimed(step: Step, atMs: number): Step {
  const { reinviteFrom, transfer } = step.state
  const { referral } = transfer
  if (referral?.claimedAs === undefined || reinviteFrom !== undefined) return step
  return handOver(notify(step, referral, 200, 'OK'), atMs, referral.claimedAs, true)
}

/**
 * Somebody hangs up. A transferor that leaves before the target has answered gives the transferee away (RFC 5589 6.1: it need
 * not stay); otherwise the talk is over, and with it a transfer under way.
 */
export function onPartyLeft(step: Step, side: CallSide, end: TalkEnd): Step {
  if (step.state.transfer.referral?.side === side) return handOver(step, end.atMs, 'caller', false)
  return onMixedPartyLeft(step, side, end) ?? endTalk(step, end)
}

/** The transferee's leg goes to another call; this one is over, but for a transferor who has not hung up yet. */
export function handOver(step: Step, atMs: number, toSide: CallSide, isTransferorThere: boolean): Step {
  const { state } = step
  const { referral, guests } = state.transfer
  if (referral === undefined) return step
  const side = otherSide(referral.side)
  const party = partyOf(state, side)
  if (party === undefined) return step
  const records = recordsOf(step, side, party)
  const sdp = state.descriptions[side] ?? ''
  const effect: CallEffect = { type: 'handOver', side, toSessionId: referral.toSessionId, toSide, party, sdp, records }
  const recordsMoved = guests[side] === undefined && records.length > 0
  const moved = {
    referral: undefined,
    recordsMoved,
    guests: { [referral.side]: guests[referral.side] },
    parting: isTransferorThere ? referral.side : undefined,
  }
  // Who waits for an answer of somebody who goes asks again, where it goes (RFC 3261 14.1).
  let next = changeTransfer(act(dropReinvite(step), effect), moved)
  next = side === 'caller' ? go(next, { callerLeg: 'over' }) : changeLeg(next, state.winnerId ?? '', { phase: 'over' })
  if (isTransferorThere) next = startTimer(next, 'parting', referral.isByOperator === true ? 0 : PARTING_MS)
  const outcome = { disposition: 'ANSWERED', statusCode: 200, hangupBy: referral.side, code: 'Transferred' } as const
  return closeCall(next, atMs, outcome, state.answeredAtMs)
}

/** One record a billed leg: those of a carrier's leg go on with the leg, whoever it talks to. */
function recordsOf(step: Step, side: CallSide, party: Party) {
  const guest = step.state.transfer.guests[side]
  if (guest !== undefined) return guest.records
  return party.kind === 'carrier' ? buildOwnRecords(step.state) : []
}

/** The transferor had time to hang up. */
export function onPartingOver(step: Step): Step {
  const { parting } = step.state.transfer
  const next = changeTransfer(step, { parting: undefined })
  if (parting === 'caller' && step.state.callerLeg === 'answered') return go(next, { callerLeg: 'over' }, { type: 'byeCaller', reason: NORMAL_CLEARING })
  const winner = step.state.legs.find((leg) => leg.id === step.state.winnerId)
  return parting === 'callee' && winner?.phase === 'answered' ? byeLeg(next, winner.id, NORMAL_CLEARING) : next
}

import { endAttendance } from './attend-events.ts'
import type { CallEvent } from './call-event.ts'
import { act, go, isAwaited, legOf } from './call-state.ts'
import type { LegState, Step } from './call-state.ts'
import { ANSWERED_ELSEWHERE } from './end-call.ts'
import { connect, replaceSide } from './join-events.ts'
import { onLegAnswered } from './leg-events.ts'
import { isMixed, isOfTwo } from './mix-state.ts'
import { changeTransfer, otherSide, partyOf, withPickup } from './transfer-state.ts'

type Of<Type extends CallEvent['type']> = Extract<CallEvent, { type: Type }>

/**
 * INVITE with Replaces for an answered leg (RFC 3891 3): the other side is offered what the new party offers, and its answer is
 * the answer. The leg that is replaced hears of it when that has worked.
 */
export function onTakeoverAsked(step: Step, event: Of<'takeoverAsked'>): Step {
  const { side, party, sdp, sipCallId } = event
  const { phase, callerLeg, emergency, reinviteFrom, transfer } = step.state
  const replaced = partyOf(step.state, side)
  const isOwn = replaced?.kind === 'line' && replaced.accountId === party.accountId
  if (phase !== 'talking' || callerLeg !== 'answered' || !isOwn) return refuse(step, 481)
  if (emergency !== undefined) return refuse(step, 403)
  // What our own end has described to a side is not to be had back if the other one should not take the newcomer.
  const isFree = !isMixed(step.state) || (isOfTwo(step.state) && step.state.mix?.renegotiated === false)
  const isBusy = (isFree ? undefined : side) ?? reinviteFrom ?? transfer.referral ?? transfer.takeover ?? transfer.renegotiation
  if (isBusy !== undefined) return refuse(step, 491)
  const asked = changeTransfer(act(endAttendance(step), { type: 'holdTakeover', side }), { takeover: { side, party, sdp, cancelled: false } })
  const sipCallIds = [...step.state.sipCallIds, sipCallId]
  return go(asked, { reinviteFrom: side, sipCallIds }, { type: 'relayReinvite', from: side, sdp })
}

function refuse(step: Step, statusCode: number): Step {
  return act(step, { type: 'rejectTakeover', statusCode })
}

export function onTakeoverGone(step: Step): Step {
  const { takeover } = step.state.transfer
  if (takeover === undefined) return step
  const gone = changeTransfer(step, { takeover: { ...takeover, cancelled: true } })
  return step.state.reinviteFrom === takeover.side ? act(gone, { type: 'cancelReinvite', to: otherSide(takeover.side) }) : gone
}

/** The other side has answered: the new party is in, the old one is told "Call completed elsewhere". */
export function onTakeoverAnswered(step: Step, sdp: string): Step {
  const { takeover, guests } = step.state.transfer
  if (takeover === undefined) return step
  const { side, party } = takeover
  const done = go(changeTransfer(step, { takeover: undefined }), { reinviteFrom: undefined })
  const other = otherSide(side)
  // Nobody came after all: the other side is brought back to the one it was talking to.
  if (takeover.cancelled) return connect(act(done, { type: 'rejectReinvite', to: side, statusCode: 487 }), other, 'join')
  const descriptions = { ...step.state.descriptions, [side]: takeover.sdp, [other]: sdp }
  const answered = go(done, { descriptions }, { type: 'answerReinvite', to: side, sdp })
  const joined = changeTransfer(answered, { guests: { ...guests, [side]: { party, records: [] } } })
  return act(replaceSide(joined, side, ANSWERED_ELSEWHERE), { type: 'checkpointRecords' })
}

/** Call pickup: the INVITE with Replaces names a leg that rings; who sends it has answered the call (RFC 3891 3, early dialogs). */
export function onPickupAsked(step: Step, event: Of<'pickupAsked'>): Step {
  const { state } = step
  const ringing = legOf(state, event.legId)
  const isOwn = ringing?.plan.kind === 'line' && state.question.accountId === event.party.accountId
  if (ringing === undefined || !isOwn || !isAwaited(step, ringing)) return refuse(step, 481)
  // With a delayed offer there is nothing yet to answer the new party with.
  if (state.offer === undefined) return refuse(step, 488)
  const plan = { ...ringing.plan, ...(event.party.lineId === undefined ? {} : { lineId: event.party.lineId }) }
  const leg: LegState = { ...ringing, id: `g${state.legs.length + 1}`, plan, phase: 'ringing', earlySdp: undefined }
  const accounts = withPickup(state, event.party, ringing.plan.lineId)
  const added = go(step, { legs: [...state.legs, leg], accounts, sipCallIds: [...state.sipCallIds, event.sipCallId] })
  const answered = act(added, { type: 'answerPickup', sdp: event.sdp }, { type: 'seatParty', side: 'callee', legId: leg.id })
  const guests = { ...state.transfer.guests, callee: { party: event.party, records: [] } }
  return onLegAnswered(changeTransfer(answered, { guests }), { type: 'legAnswered', atMs: event.atMs, legId: leg.id, sdp: event.sdp })
}

import { callFailure, reasonOf } from '../call-failure.ts'
import type { CallEvent, CallSide, EndCause } from './call-event.ts'
import { act, go } from './call-state.ts'
import type { Step } from './call-state.ts'
import { endSetup, endTalk, goneReason } from './end-call.ts'
import { onFaxReinvite } from './fax-call.ts'
import { onFaxAnswered, onFaxOfferRejected } from './fax-events.ts'
import { answeredDirection, offeredDirection, playHoldMusic } from './hold-music.ts'
import { onRenegotiated, onRenegotiationRefused } from './join-events.ts'
import { onMixedPartySilent, onMixedReinvite } from './mix-events.ts'
import { isMixed } from './mix-state.ts'
import { onClaimed, onPartyLeft } from './refer-events.ts'
import { onOwnEndAcknowledged, onServedReinvite } from './service-events.ts'
import { isServed } from './service-state.ts'
import { onTakeoverAnswered } from './takeover-events.ts'
import { changeTransfer, otherSide, withoutDirection } from './transfer-state.ts'

type Of<Type extends CallEvent['type']> = Extract<CallEvent, { type: Type }>

/**
 * CANCEL: the stack has answered 487; the phones are told why they stop ringing. One may have answered already, while our answer
 * to the caller waited for the PRACK of its early media (RFC 3262 3).
 */
export function onCallerCancelled(step: Step, event: Of<'callerCancelled'>): Step {
  const { phase, callerLeg } = step.state
  if (phase === 'over' || (phase === 'talking' && callerLeg !== 'answered')) return step
  const failure = callFailure('CallerCancelled')
  const reason = event.reason ?? 'SIP;cause=487;text="Request Terminated"'
  return endSetup(go(step, { callerLeg: 'over' }), { atMs: event.atMs, failure, hangupBy: 'caller', reason })
}

const CALLER_END_CODES: Readonly<Record<EndCause, string>> = {
  bye: 'CallerHungUp',
  gone: 'CallerGone',
  ackTimeout: 'AckTimeout',
  expired: 'SessionExpired',
}

/** The caller hung up or is gone; before the answer that is a cancelled call (RFC 3261 15: BYE on an early dialog). */
export function onCallerEnded(step: Step, event: Of<'callerEnded'>): Step {
  if (step.state.callerLeg === 'over') return step
  const next = go(step, { callerLeg: 'over' })
  const { phase, servedAtMs, service } = step.state
  const hangupBy = event.cause === 'bye' ? 'caller' : 'system'
  const code = CALLER_END_CODES[event.cause]
  // Our own end has answered: it is no attempt that was given up.
  if (phase === 'setup' && servedAtMs !== undefined)
    return endSetup(next, {
      atMs: event.atMs,
      // Who hangs up while he hears why he cannot be connected could not be.
      failure: { ...callFailure('CallerCancelled'), code: service?.failure?.code ?? code },
      hangupBy,
      reason: event.reason,
    })
  if (phase === 'setup') return onCallerCancelled(next, { type: 'callerCancelled', atMs: event.atMs, reason: event.reason })
  if (phase !== 'talking') return next
  return onPartyLeft(next, 'caller', { atMs: event.atMs, hangupBy, code, reason: event.reason ?? goneReason(event.cause) })
}

/**
 * RFC 3261 13.2.1: when we made the offer, the ACK must carry the answer. After a re-INVITE without offer the other side
 * learns of it by a re-INVITE of ours.
 */
export function onAcknowledged(step: Step, event: Of<'acknowledged'>): Step {
  const { phase, awaitsAnswerOf, reinviteFrom } = step.state
  if (isServed(step.state) && event.side === 'caller' && awaitsAnswerOf === 'caller') return onOwnEndAcknowledged(step, event)
  if (phase !== 'talking' || awaitsAnswerOf !== event.side) return step
  const { side, sdp } = event
  if (sdp === undefined) {
    const reason = reasonOf(callFailure('BadSessionDescription'))
    return endTalk(step, { atMs: event.atMs, hangupBy: 'system', code: 'NoAnswerInAck', reason })
  }
  const answered = describe(go(step, { awaitsAnswerOf: undefined }), side, sdp)
  if (isMixed(step.state)) return act(answered, { type: 'acceptInMix', from: side, sdp })
  return reinviteFrom === side
    ? act(answered, { type: 'relayReinvite', from: side, sdp, ...offeredDirection(step.state, side, sdp) })
    : act(answered, { type: 'acceptCallerAnswer', sdp })
}

function describe(step: Step, side: CallSide, sdp: string): Step {
  return go(step, { descriptions: { ...step.state.descriptions, [side]: sdp } })
}

/** Hold, resume, a codec change: the other side is asked, its answer is the answer. One at a time (RFC 3261 14.2). */
export function onReinvite(step: Step, event: Of<'reinvite'>): Step {
  const { side, sdp } = event
  const { phase, reinviteFrom, descriptions } = step.state
  if (isServed(step.state) && side === 'caller' && step.state.transfer.renegotiation === undefined) return onServedReinvite(step, event)
  if (phase === 'over') return act(step, { type: 'rejectReinvite', to: side, statusCode: 481 })
  if (step.state.faxCall !== undefined) return onFaxReinvite(step, event)
  // Also while the switch itself has an offer out, or a transferee waits for somebody to talk to.
  const isBusy = reinviteFrom !== undefined || step.state.transfer.renegotiation !== undefined || phase === 'setup'
  if (isBusy) return act(step, { type: 'rejectReinvite', to: side, statusCode: 491 })
  if (isMixed(step.state)) return onMixedReinvite(step, event)
  if (sdp !== undefined) {
    const relayed = { type: 'relayReinvite', from: side, sdp, ...offeredDirection(step.state, side, sdp) } as const
    return go(step, { reinviteFrom: side, reinviteOffer: sdp }, relayed)
  }
  const offered = descriptions[otherSide(side)]
  if (offered === undefined) return act(step, { type: 'rejectReinvite', to: side, statusCode: 488 })
  return go(step, { reinviteFrom: side, awaitsAnswerOf: side }, { type: 'offerInReinvite', to: side, sdp: withoutDirection(offered) })
}

export function onReinviteAnswered(step: Step, event: Of<'reinviteAnswered'>): Step {
  const asker = otherSide(event.side)
  const faxed = onFaxAnswered(step, event)
  if (faxed !== undefined) return faxed
  const renegotiated = onRenegotiated(step, event)
  if (renegotiated !== undefined) return renegotiated
  if (step.state.reinviteFrom !== asker) return step
  if (step.state.transfer.takeover !== undefined) return onTakeoverAnswered(step, event.sdp)
  const { reinviteOffer, reinviteCancelled } = step.state
  if (reinviteCancelled !== undefined) return takeBack(step, event.side)
  const offered = reinviteOffer === undefined ? step : describe(step, asker, reinviteOffer)
  const described = describe(offered, event.side, event.sdp)
  const answer = { type: 'answerReinvite', to: asker, sdp: event.sdp, ...answeredDirection(step.state, asker, reinviteOffer, event.sdp) } as const
  const agreed = go(described, { reinviteFrom: undefined, reinviteOffer: undefined }, answer, { type: 'checkpointRecords' })
  const done = playHoldMusic(agreed)
  return onClaimed(done, event.atMs)
}

/** Its author has its 487, and the other side is told in the same words (RFC 3261 9.1): what was offered to it may ring there for minutes. */
export function onReinviteCancelled(step: Step, { side }: Of<'reinviteCancelled'>): Step {
  const { reinviteFrom, awaitsAnswerOf } = step.state
  if (reinviteFrom !== side || awaitsAnswerOf === side) return step
  return go(step, { reinviteCancelled: true }, { type: 'cancelReinvite', to: otherSide(side) })
}

/** Too late, it has answered: it is offered what is in force, as the other side has described it. */
function takeBack(step: Step, side: CallSide): Step {
  const sdp = step.state.descriptions[otherSide(side)]
  const free = go(step, { reinviteFrom: undefined, reinviteOffer: undefined, reinviteCancelled: undefined })
  if (sdp === undefined) return free
  return act(changeTransfer(free, { renegotiation: { side, purpose: 'settle' } }), { type: 'offerToParty', to: side, sdp })
}

export function onReinviteRejected(step: Step, event: Of<'reinviteRejected'>): Step {
  const asker = otherSide(event.side)
  const unfaxed = onFaxOfferRejected(step, event)
  if (unfaxed !== undefined) return unfaxed
  const refused = onRenegotiationRefused(step, event)
  if (refused !== undefined) return refused
  if (step.state.reinviteFrom !== asker) return step
  const free = step.state.transfer.takeover === undefined ? step : changeTransfer(step, { takeover: undefined })
  const refusal = { type: 'rejectReinvite', to: asker, statusCode: event.statusCode } as const
  const settled = { reinviteFrom: undefined, reinviteOffer: undefined, reinviteCancelled: undefined, awaitsAnswerOf: undefined }
  return onClaimed(go(free, settled, refusal), event.atMs)
}

/**
 * A side went silent. A party that lost power never says BYE, so the call ends; an emergency call only while both sides
 * are silent, because somebody who cannot speak must not be cut off.
 */
export function onMediaInactive(step: Step, event: Of<'mediaInactive'>): Step {
  if (isServed(step.state) && step.state.service?.phase === 'running' && event.side === 'a') return onCallerLost(step, event)
  if (step.state.phase !== 'talking') return step
  const other = step.state.silences.find((silence) => silence.side !== event.side)
  const next = go(step, { silences: [...(other === undefined ? [] : [other]), { side: event.side, atMs: event.atMs }] })
  // The report is repeated as long as the silence lasts: an older one of the other side means that it spoke again.
  const isOtherSilent = other !== undefined && event.atMs - other.atMs <= event.silentMs
  if (step.state.emergency !== undefined && !isOtherSilent) return next
  const end = { atMs: event.atMs, hangupBy: 'system', code: 'MediaInactive', reason: 'SIP;cause=408;text="RTP Timeout"' } as const
  return onMixedPartySilent(next, event.side === 'a' ? 'caller' : 'callee', end) ?? endTalk(next, end)
}

/** Somebody who talks to the platform has lost power. */
function onCallerLost(step: Step, { atMs }: Of<'mediaInactive'>): Step {
  return endSetup(step, { atMs, failure: callFailure('CallerSilent'), hangupBy: 'system', reason: 'SIP;cause=408;text="RTP Timeout"' })
}

export function onMediaFailed(step: Step, event: Of<'mediaFailed'>): Step {
  if (step.state.phase === 'over') return step
  const failure = callFailure('EngineStopped')
  if (step.state.phase === 'setup') return endSetup(step, { atMs: event.atMs, failure, hangupBy: 'system' })
  return endTalk(step, { atMs: event.atMs, hangupBy: 'system', code: 'MediaFailed', reason: reasonOf(failure) })
}

import type { CallEffect } from '../calls/state/call-effect.ts'
import type { CallEvent, CallSide } from '../calls/state/call-event.ts'
import type { CallState } from '../calls/state/call-state.ts'
import { otherSide } from '../calls/state/transfer-state.ts'
import type { DescribedMessage } from '../ports/described-call.ts'
import { describeMedia } from './describe-media.ts'

type Message = Omit<DescribedMessage, 'atMs' | 'direction'>

const legAt = ({ winnerId }: Pick<CallState, 'winnerId'>, side: CallSide): string => (side === 'caller' ? 'caller' : (winnerId ?? ''))

/** The message that brought an event, if one did, or that it tells of. @param state of the call before it */
export function messageOfEvent(event: CallEvent, state: CallState): DescribedMessage | undefined {
  // Our own end has answered: only now it is known that it could.
  if (event.type === 'ownEndOpened') return { atMs: event.atMs, direction: 'out', leg: 'caller', method: 'INVITE', statusCode: event.isAnswered ? 200 : 183 }
  const message = received(event, state)
  return message === undefined ? undefined : { atMs: event.atMs, direction: 'in', ...message }
}

function received(event: CallEvent, state: CallState): Message | undefined {
  switch (event.type) {
    case 'started':
      return event.transfer === undefined && event.clickToCall === undefined && event.faxCall === undefined
        ? { leg: 'caller', method: 'INVITE', ...mediaOf(event.offer) }
        : undefined
    case 'legProgress':
      return { leg: event.legId, method: 'INVITE', statusCode: event.statusCode, ...mediaOf(event.sdp) }
    case 'confirmation':
      return event.code === 'Asked' ? { leg: event.legId, method: 'INVITE', statusCode: 200 } : undefined
    case 'legAnswered':
      return { leg: event.legId, method: 'INVITE', statusCode: 200, ...mediaOf(event.sdp) }
    case 'legRejected':
      return event.local ? undefined : { leg: event.legId, method: 'INVITE', statusCode: event.statusCode, ...reasonOf(event.reason) }
    case 'legEnded':
      return event.cause === 'bye' ? { leg: event.legId, method: 'BYE', ...reasonOf(event.reason) } : undefined
    case 'callerCancelled':
      return { leg: 'caller', method: 'CANCEL', ...reasonOf(event.reason) }
    case 'callerEnded':
      return event.cause === 'bye' ? { leg: 'caller', method: 'BYE', ...reasonOf(event.reason) } : undefined
    case 'acknowledged':
      return { leg: legAt(state, event.side), method: 'ACK', ...mediaOf(event.sdp) }
    case 'reinvite':
      return { leg: legAt(state, event.side), method: 'INVITE', ...mediaOf(event.sdp) }
    case 'reinviteCancelled':
      return { leg: legAt(state, event.side), method: 'CANCEL' }
    case 'reinviteAnswered':
      return { leg: legAt(state, event.side), method: 'INVITE', statusCode: 200, ...mediaOf(event.sdp) }
    case 'reinviteRejected':
      return { leg: legAt(state, event.side), method: 'INVITE', statusCode: event.statusCode }
    case 'info':
      return { leg: legAt(state, event.side), method: 'INFO' }
    case 'referred':
      return { leg: legAt(state, event.side), method: 'REFER' }
    default:
      return undefined
  }
}

/** The message an effect sends, if it sends one. @param state of the call after the step that asked for it */
export function messageOfEffect(effect: CallEffect, state: CallState, atMs: number): DescribedMessage | undefined {
  const message = sent(effect, state)
  return message === undefined ? undefined : { atMs, direction: 'out', ...message }
}

function sent(effect: CallEffect, state: CallState): Message | undefined {
  switch (effect.type) {
    case 'startLeg':
      return { leg: effect.legId, method: 'INVITE' }
    case 'cancelLeg':
      return { leg: effect.legId, method: 'CANCEL', reason: effect.reason }
    case 'byeLeg':
      return { leg: effect.legId, method: 'BYE', reason: effect.reason }
    case 'progressCaller':
      return { leg: 'caller', method: 'INVITE', statusCode: effect.statusCode, ...mediaOf(effect.sdp) }
    case 'answerCaller':
      return { leg: 'caller', method: 'INVITE', statusCode: 200, ...mediaOf(effect.sdp) }
    case 'rejectCaller':
      return { leg: 'caller', method: 'INVITE', statusCode: effect.statusCode, reason: effect.reason }
    case 'byeCaller':
      return { leg: 'caller', method: 'BYE', reason: effect.reason }
    case 'relayReinvite':
      return { leg: legAt(state, otherSide(effect.from)), method: 'INVITE', ...mediaOf(effect.sdp) }
    case 'offerToParty':
      return { leg: legAt(state, effect.to), method: 'INVITE', ...mediaOf(effect.sdp) }
    case 'offerRingback':
    case 'offerOwnEnd':
    case 'offerInMix':
      return { leg: legAt(state, effect.to), method: 'INVITE' }
    case 'offerFax':
      return { leg: legAt(state, state.faxCall === undefined ? 'caller' : 'callee'), method: 'INVITE' }
    case 'cancelReinvite':
      return { leg: legAt(state, effect.to), method: 'CANCEL' }
    case 'offerInReinvite':
    case 'answerReinvite':
    case 'answerInMix':
      return { leg: legAt(state, effect.to), method: 'INVITE', statusCode: 200, ...mediaOf(effect.sdp) }
    case 'rejectReinvite':
      return { leg: legAt(state, effect.to), method: 'INVITE', statusCode: effect.statusCode }
    case 'relayInfo':
      return { leg: legAt(state, effect.to), method: 'INFO' }
    default:
      return undefined
  }
}

/** As the author of the description wrote it: on the way through, addresses become ours. */
function mediaOf(sdp: string | undefined): Pick<Message, 'media'> {
  const media = describeMedia(sdp)
  return media === undefined ? {} : { media }
}

function reasonOf(reason: string | undefined): Pick<Message, 'reason'> {
  return reason === undefined ? {} : { reason }
}

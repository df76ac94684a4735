import type { CallEffect } from '../calls/state/call-effect.ts'
import type { CallEvent, CallSide } from '../calls/state/call-event.ts'
import type { CallState } from '../calls/state/call-state.ts'
import { otherSide } from '../calls/state/transfer-state.ts'
import type { DescribedMessage } from '../ports/described-call.ts'
import { describeMedia } from './describe-media.ts'
import { type LegRoll, NEWCOMER } from './leg-roll.ts'

type Message = Omit<DescribedMessage, 'atMs' | 'direction'>

/** What a message is made of: the call before and after the step, and whose dialogs there are. */
interface Scene {
  readonly before: CallState
  readonly after: CallState
  readonly roll: Pick<LegRoll, 'isAwaited' | 'isAsked' | 'isSilent' | 'isByCode'>
}

const legAt = ({ winnerId }: Pick<CallState, 'winnerId'>, side: CallSide): string => (side === 'caller' ? 'caller' : (winnerId ?? ''))

/** The message that brought an event, if one did, or that it tells of. */
export function messageOfEvent(event: CallEvent, { before, roll }: Omit<Scene, 'after'>): DescribedMessage | undefined {
  const own = toldByEvent(event)
  if (own !== undefined) return { atMs: event.atMs, direction: 'out', ...own }
  const message = received(event, before)
  // Who was asked whether the call may come had answered: what the call makes of it is no answer from there.
  if (message === undefined || (event.type === 'legRejected' && roll.isAsked(event.legId))) return undefined
  return { atMs: event.atMs, direction: 'in', ...message }
}

/** Messages of ours that only an event tells of. */
function toldByEvent(event: CallEvent): Message | undefined {
  switch (event.type) {
    // Our own end has answered: only now it is known that it could.
    case 'ownEndOpened':
      return { leg: 'caller', method: 'INVITE', statusCode: event.isAnswered ? 200 : 183 }
    // The call that took the caller's INVITE has answered it.
    case 'taken':
      return { leg: 'caller', method: 'INVITE', statusCode: 200 }
    case 'confirmation':
      if (event.code === 'Accepted') return { leg: event.legId, method: 'INVITE' }
      return event.code === 'Asked' || event.isGone !== undefined ? undefined : { leg: event.legId, method: 'BYE' }
    default:
      return undefined
  }
}

function received(event: CallEvent, state: CallState): Message | undefined {
  switch (event.type) {
    case 'started':
      return event.transfer === undefined && event.clickToCall === undefined && event.faxCall === undefined
        ? { leg: 'caller', method: 'INVITE', ...mediaOf(event.offer) }
        : undefined
    case 'legProgress':
      return event.heard === 0 ? undefined : { leg: event.legId, method: 'INVITE', statusCode: event.heard ?? event.statusCode, ...mediaOf(event.sdp) }
    case 'confirmation':
      if (event.isGone === 'bye') return { leg: event.legId, method: 'BYE' }
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
      return event.referral.kind === 'blind' && event.referral.isByOperator === true ? undefined : { leg: legAt(state, event.side), method: 'REFER' }
    case 'takeoverAsked':
    case 'pickupAsked':
    case 'retrieveAsked':
      return { leg: NEWCOMER, method: 'INVITE', ...mediaOf(event.sdp) }
    case 'takeoverGone':
      return event.isCancelled === true ? { leg: NEWCOMER, method: 'CANCEL' } : undefined
    default:
      return undefined
  }
}

/** The messages an effect sends. */
export function messagesOfEffect(effect: CallEffect, scene: Scene): readonly Message[] {
  const { after, roll } = scene
  if (!roll.isAwaited(effect) || (effect.type === 'rejectTakeover' && roll.isByCode)) return []
  if (effect.type === 'cancelLeg' && roll.isAsked(effect.legId)) return [{ leg: effect.legId, method: 'BYE', reason: effect.reason }]
  const toTransferor = toldTransferor(effect, after)
  if (toTransferor.length > 0) return roll.isSilent ? toTransferor.filter(({ method }) => method === 'REFER') : toTransferor
  const message = answerOf(effect, scene) ?? sent(effect, after)
  return message === undefined ? [] : [message]
}

/** An answer to an INVITE in the call, or to one that wants a place in it. */
function answerOf(effect: CallEffect, { before, after }: Scene): Message | undefined {
  switch (effect.type) {
    case 'answerPickup':
      return { leg: NEWCOMER, method: 'INVITE', statusCode: 200 }
    case 'rejectTakeover':
      return { leg: NEWCOMER, method: 'INVITE', statusCode: effect.statusCode }
    case 'answerReinvite':
    case 'rejectReinvite': {
      const leg = before.transfer.takeover?.side === effect.to ? NEWCOMER : legAt(after, effect.to)
      return { leg, method: 'INVITE', ...(effect.type === 'answerReinvite' ? { statusCode: 200, ...mediaOf(effect.sdp) } : { statusCode: effect.statusCode }) }
    }
    default:
      return undefined
  }
}

/** What whoever refers hears: the NOTIFY of what is known so far comes at once (RFC 3515 2.4.4). */
function toldTransferor(effect: CallEffect, state: CallState): readonly Message[] {
  switch (effect.type) {
    case 'acceptRefer': {
      const leg = legAt(state, effect.side)
      return [
        { leg, method: 'REFER', statusCode: 202 },
        { leg, method: 'NOTIFY', reason: 'SIP/2.0 100 Trying' },
      ]
    }
    case 'rejectRefer':
      return [{ leg: legAt(state, effect.side), method: 'REFER', statusCode: effect.statusCode }]
    case 'notifyTransferor':
      return [{ leg: legAt(state, effect.side), method: 'NOTIFY', reason: `SIP/2.0 ${effect.statusCode} ${effect.reasonPhrase}` }]
    default:
      return []
  }
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
      return { leg: legAt(state, effect.to), method: 'INVITE' }
    case 'offerFax':
      return { leg: legAt(state, state.faxCall === undefined ? 'caller' : 'callee'), method: 'INVITE' }
    case 'cancelReinvite':
      return { leg: legAt(state, effect.to), method: 'CANCEL' }
    case 'offerInReinvite':
    case 'answerInMix':
      return { leg: legAt(state, effect.to), method: 'INVITE', statusCode: 200, ...mediaOf(effect.sdp) }
    case 'offerInMix':
      return { leg: legAt(state, effect.to), method: 'INVITE', statusCode: 200 }
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

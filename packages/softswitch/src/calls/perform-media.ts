import { addressTypeOf, describedAddressType, describedEncryption } from '@dialtone/media'
import type { AddressType, MediaEvent, MediaSession, MediaSide, OfferOptions, OwnOfferEncryption, RelayOptions, SessionOptions } from '@dialtone/media'
import type { CallContext } from './call-context.ts'
import { legOfSide } from './describe-to-party.ts'
import { mediaTermsOf, mediaTermsOfPlan } from './media-terms-of.ts'
import { SessionOrigin } from './session-origin.ts'
import type { CallSide } from './state/call-event.ts'
import type { LegPlan } from './state/leg-plan.ts'
import { otherSide, partyOf } from './state/transfer-state.ts'

const SIDES: readonly CallSide[] = ['caller', 'callee']

export function mediaSide(side: CallSide): MediaSide {
  return side === 'caller' ? 'a' : 'b'
}

/** Opens the media session, in place of one that carries no media; the call goes on with 'mediaOpened' or 'mediaRefused'. */
export function openMedia(call: CallContext): void {
  leaveSession(call)
  call.opening = call.needs.media.openSession({ sessionId: call.state.sessionId, ...anchoringOf(call) })
  const opened = call.opening.then((result) => {
    if (!result.ok) return call.dispatch({ type: 'mediaRefused', code: result.error.code })
    if (call.state.phase === 'over') return undefined
    call.session = result.value
    for (const side of SIDES) if (call.keys[side] !== undefined) result.value.welcome(mediaSide(side), call.keys[side])
    result.value.onEvent((event) => {
      if (event.type === 'inactive') call.dispatch({ type: 'mediaInactive', side: event.side, silentMs: event.silentMs })
      if (event.type === 'dtmf') hearDigit(call, event)
      if (event.type === 'played' || event.type === 'recorded' || event.type === 'faxed') call.service?.hear(event)
      if (event.type === 'faxed') call.sending?.hear(event)
      if (event.type === 'recorded') call.recording?.hear(call, event)
      if (event.type === 'failed') call.dispatch({ type: 'mediaFailed', reason: event.reason })
    })
    const { isAnchored } = result.value
    return call.dispatch({ type: 'mediaOpened', hasHoldMusic: isAnchored && call.needs.services !== undefined, ...(isAnchored ? {} : { isUnanchored: true }) })
  })
  opened.catch((error: unknown) => {
    call.needs.logger.error('media session failed to open', { sessionId: call.state.sessionId, error: String(error) })
    call.dispatch({ type: 'mediaRefused', code: 'EngineStopped' })
  })
}

/** The caller's offer is known still; what it has heard of another session, early media, goes on as one (RFC 3264 8). */
function leaveSession(call: CallContext): void {
  const { session } = call
  if (session === undefined) return
  call.session = undefined
  call.offer = undefined
  call.origins.caller ??= SessionOrigin.after(call.lastSent.caller)
  session.close().catch((error: unknown) => call.needs.logger.warn('a media session failed to close', { sessionId: session.id, error: String(error) }))
}

/**
 * Our own end speaks in a call without offer, and in one that somebody was transferred to. Help is worth a call that only signals, if there is no
 * port left (47 CFR 9.11); everybody else is anchored as the operator said.
 */
function anchoringOf(call: CallContext): Pick<SessionOptions, 'anchoring' | 'besideSessionId'> {
  const { offer, transfer, emergency, joins, service } = call.state
  if (joins !== undefined) return { anchoring: 'required', besideSessionId: joins }
  if (service?.order.kind === 'supervise') return { anchoring: 'required', besideSessionId: service.order.sessionId }
  if (offer === undefined || transfer.origin !== undefined || service !== undefined || hasTerms(call)) return { anchoring: 'required' }
  return emergency === undefined ? {} : { anchoring: 'preferred' }
}

/** What was arranged with a trunk about its media can only be kept where it passes. */
function hasTerms(call: CallContext): boolean {
  return mediaTermsOf(call, 'caller') !== undefined || call.state.legs.some(({ plan }) => mustAnchor(call, plan))
}

/** Nor can a party that is reached by the other family than the caller offers talk to it alone (RFC 6157 3). */
export function mustAnchor(call: CallContext, plan: LegPlan): boolean {
  const { offer } = call.state
  if (plan.mustAnchor === true || mediaTermsOfPlan(call, plan) !== undefined) return true
  // Asked of every leg of every call: no time to take a description apart.
  return offer !== undefined && offer.includes('c=IN IP6 ') !== plan.to.address.includes(':')
}

function hearDigit(call: CallContext, { side, digit, relayed, durationMs }: Extract<MediaEvent, { type: 'dtmf' }>): void {
  const from = side === 'a' ? 'caller' : 'callee'
  const to = otherSide(from)
  const command = commandOf(call, from)
  const takesTones = (command.isCommand || mediaTermsOf(call, to)?.digits === 'inband') && call.session?.takesDigits(mediaSide(to)) === true
  const tones = takesTones ? ({ isTakenAsTone: true } as const) : {}
  const how = { ...tones, ...(durationMs === undefined ? {} : { durationMs }), ...command }
  call.dispatch({ type: 'digit', side: from, digit, relayed, isInfoAllowed: takesInfo(call, to), ...how })
}

/** Keys of the side are held back, as some of them are for the platform. */
export function commandOf({ recording }: CallContext, side: CallSide): { readonly isCommand?: true } {
  return recording?.holdsKeysOf(side) === true ? { isCommand: true } : {}
}

/** How a description of a side goes on: one that takes INFO gets the digits of the other side in any case. */
export function relayOptions(call: CallContext, author: CallSide, legId?: string): RelayOptions {
  const terms = mediaTermsOf(call, author, legId)
  return { digitsByInfo: takesInfo(call, author, legId), signalledFrom: signalledFrom(call, author, legId), ...(terms === undefined ? {} : { terms }) }
}

/** The address a side's SIP comes from, where its media most likely comes from too. */
export function signalledFrom(call: CallContext, side: CallSide, legId?: string): string | undefined {
  const leg = legId === undefined ? legOfSide(call, side) : call.legs.get(legId)?.leg
  return leg?.remote.address
}

/** What was arranged goes before what its Allow header field says. */
function takesInfo(call: CallContext, side: CallSide, legId?: string): boolean {
  const digits = mediaTermsOf(call, side, legId)?.digits
  if (digits === 'info' || digits === 'inband') return digits === 'info'
  const leg = legId === undefined ? legOfSide(call, side) : call.legs.get(legId)?.leg
  return leg?.remoteAllow.has('INFO') === true
}

/** An offer for the other side, who may have terms of its own, and protects its media in its own way: SRTP ends at us. */
export function offerOptions(call: CallContext, author: CallSide): OfferOptions {
  const to = otherSide(author)
  const [recipient, encryption, addressType] = [mediaTermsOf(call, to), encryptionOf(call, to), addressTypeTo(call, to)]
  return { ...relayOptions(call, author), encryption, addressType, ...(recipient === undefined ? {} : { recipient }) }
}

/** How a side is asked for SRTP: as it described itself, whatever the other one does. Who has said nothing yet may take it, if it is a phone. */
function encryptionOf(call: CallContext, side: CallSide): OwnOfferEncryption {
  const described = call.state.descriptions[side]
  if (described !== undefined) return describedEncryption(described) ?? 'none'
  return partyOf(call.state, side)?.kind === 'line' ? 'optional' : 'none'
}

/** The family a side takes media in: as it described itself, else as it is reached (RFC 6157 3). */
function addressTypeTo(call: CallContext, side: CallSide): AddressType | undefined {
  const described = call.state.descriptions[side]
  const address = signalledFrom(call, side)
  return (described === undefined ? undefined : describedAddressType(described)) ?? (address === undefined ? undefined : addressTypeOf(address))
}

/** The offer of our own end to a side. */
export function offerOfOwnEnd(call: CallContext, session: MediaSession, side: CallSide): string {
  return session.offerLocally(mediaSide(side), mediaTermsOf(call, side), encryptionOf(call, side), addressTypeTo(call, side))
}

/** How a called leg is asked for SRTP by our own end, which does not know it yet. */
export function encryptionOfPlan({ kind, encryption }: LegPlan): OwnOfferEncryption {
  return kind === 'line' ? (encryption ?? 'optional') : 'none'
}

/**
 * The offer a phone gets: the caller's, pointing at our ports, or our own when the caller sent none. Carriers get plain RTP: between
 * them and us SRTP is agreed by contract if at all. What fits no terms of a trunk fails that leg alone: another one may take it.
 */
export function offerForLeg(call: CallContext, { legId, plan }: { readonly legId: string; readonly plan: LegPlan }): string | undefined {
  const encryption = plan.kind === 'line' ? (plan.encryption ?? 'asOffered') : 'none'
  const recipient = mediaTermsOfPlan(call, plan)
  const addressType = addressTypeOf(plan.to.address)
  const isSame = call.offer?.encryption === encryption && call.offer.recipient === recipient && call.offer.addressType === addressType
  if (isSame || call.session === undefined) return call.offer?.text
  const { offer } = call.state
  if (offer === undefined) {
    call.offer = { text: call.session.offerLocally('b', recipient, encryptionOfPlan(plan), addressType), encryption, recipient, addressType }
    return call.offer.text
  }
  const relayed = call.session.relayOffer('a', offer, { ...relayOptions(call, 'caller'), encryption, recipient, addressType })
  if (relayed.ok) call.offer = { text: relayed.value, encryption, recipient, addressType }
  else if (relayed.error.code === 'NoCommonCodec') call.dispatch({ type: 'legRejected', legId, statusCode: 488, local: false })
  else call.dispatch({ type: 'mediaRefused', code: relayed.error.code })
  return relayed.ok ? relayed.value : undefined
}

/** What the caller gets as the description of whoever answered: an answer, or an offer when it sent none. */
export function descriptionForCaller(call: CallContext, { legId, sdp }: { readonly legId: string; readonly sdp: string }): string | undefined {
  const { pickedUp } = call
  call.pickedUp = undefined
  if (pickedUp !== undefined) return pickedUp
  const options = relayOptions(call, 'callee', legId)
  const { session } = call
  const relayed = call.state.offer === undefined ? session?.relayOffer('b', sdp, askedOfCaller(call, options)) : session?.relayAnswer('b', sdp, options)
  return relayed?.ok === true ? relayed.value : undefined
}

/** Of an answer it is not asked: how the caller described itself is found out by reading all it said. */
function askedOfCaller(call: CallContext, options: RelayOptions): OfferOptions {
  return { ...options, recipient: mediaTermsOf(call, 'caller'), encryption: encryptionOf(call, 'caller'), addressType: addressTypeTo(call, 'caller') }
}

export function acceptCallerAnswer(call: CallContext, sdp: string): void {
  const accepted = call.session?.relayAnswer('a', sdp, relayOptions(call, 'caller'))
  if (accepted?.ok !== true) call.dispatch({ type: 'mediaRefused', code: 'BadSessionDescription' })
}

import type { MediaEvent, MediaSide, RelayOptions, SessionOptions } from '@dialtone/media'
import type { CallContext } from './call-context.ts'
import { legOfSide } from './describe-to-party.ts'
import type { CallSide } from './state/call-event.ts'
import type { CallState } from './state/call-state.ts'
import type { LegPlan } from './state/leg-plan.ts'
import { otherSide } from './state/transfer-state.ts'

export function mediaSide(side: CallSide): MediaSide {
  return side === 'caller' ? 'a' : 'b'
}

/** Opens the media session; the call goes on with 'mediaOpened' or 'mediaRefused'. */
export function openMedia(call: CallContext): void {
  call.opening = call.needs.media.openSession({ sessionId: call.state.sessionId, ...anchoringOf(call.state) })
  const opened = call.opening.then((result) => {
    if (!result.ok) return call.dispatch({ type: 'mediaRefused', code: result.error.code })
    if (call.state.phase === 'over') return undefined
    call.session = result.value
    result.value.onEvent((event) => {
      if (event.type === 'inactive') call.dispatch({ type: 'mediaInactive', side: event.side, silentMs: event.silentMs })
      if (event.type === 'dtmf') hearDigit(call, event)
      if (event.type === 'played' || event.type === 'recorded') call.service?.hear(event)
      if (event.type === 'recorded') call.recording?.hear(call, event)
      if (event.type === 'failed') call.dispatch({ type: 'mediaFailed', reason: event.reason })
    })
    return call.dispatch({ type: 'mediaOpened', hasHoldMusic: result.value.isAnchored && call.needs.services !== undefined })
  })
  opened.catch((error: unknown) => {
    call.needs.logger.error('media session failed to open', { sessionId: call.state.sessionId, error: String(error) })
    call.dispatch({ type: 'mediaRefused', code: 'EngineStopped' })
  })
}

/**
 * Our own end speaks in a call without offer, and in one that somebody was transferred to. Help is worth a call that only signals, if there is no
 * port left (47 CFR 9.11); everybody else is anchored as the operator said.
 */
function anchoringOf({ offer, transfer, emergency, joins, service }: CallState): Pick<SessionOptions, 'anchoring' | 'besideSessionId'> {
  if (joins !== undefined) return { anchoring: 'required', besideSessionId: joins }
  if (service?.order.kind === 'supervise') return { anchoring: 'required', besideSessionId: service.order.sessionId }
  if (offer === undefined || transfer.origin !== undefined || service !== undefined) return { anchoring: 'required' }
  return emergency === undefined ? {} : { anchoring: 'preferred' }
}

function hearDigit(call: CallContext, { side, digit, relayed }: Extract<MediaEvent, { type: 'dtmf' }>): void {
  const from = side === 'a' ? 'caller' : 'callee'
  call.dispatch({ type: 'digit', side: from, digit, relayed, isInfoAllowed: takesInfo(call, otherSide(from)) })
}

/** How a description of a side goes on: one that takes INFO gets the digits of the other side in any case. */
export function relayOptions(call: CallContext, author: CallSide, legId?: string): RelayOptions {
  return { digitsByInfo: takesInfo(call, author, legId) }
}

function takesInfo(call: CallContext, side: CallSide, legId?: string): boolean {
  const leg = legId === undefined ? legOfSide(call, side) : call.legs.get(legId)?.leg
  return leg?.remoteAllow.has('INFO') === true
}

/**
 * The offer a phone gets: the caller's, pointing at our ports, or our own when the caller sent none. Carriers get plain RTP: between
 * them and us SRTP is agreed by contract if at all.
 */
export function offerForLeg(call: CallContext, plan: LegPlan): string | undefined {
  const encryption = plan.kind !== 'line' || plan.encryption === 'none' ? 'none' : 'asOffered'
  if (call.offer?.encryption === encryption || call.session === undefined) return call.offer?.text
  const { offer } = call.state
  if (offer === undefined) {
    call.offer = { text: call.offer?.text ?? call.session.offerLocally('b'), encryption }
    return call.offer.text
  }
  const relayed = call.session.relayOffer('a', offer, { ...relayOptions(call, 'caller'), encryption })
  if (relayed.ok) call.offer = { text: relayed.value, encryption }
  else call.dispatch({ type: 'mediaRefused', code: relayed.error.code })
  return relayed.ok ? relayed.value : undefined
}

/** What the caller gets as the description of whoever answered: an answer, or an offer when it sent none. */
export function descriptionForCaller(call: CallContext, { legId, sdp }: { readonly legId: string; readonly sdp: string }): string | undefined {
  const { pickedUp } = call
  call.pickedUp = undefined
  if (pickedUp !== undefined) return pickedUp
  const options = relayOptions(call, 'callee', legId)
  const relayed = call.state.offer === undefined ? call.session?.relayOffer('b', sdp, options) : call.session?.relayAnswer('b', sdp, options)
  return relayed?.ok === true ? relayed.value : undefined
}

export function acceptCallerAnswer(call: CallContext, sdp: string): void {
  const accepted = call.session?.relayAnswer('a', sdp, relayOptions(call, 'caller'))
  if (accepted?.ok !== true) call.dispatch({ type: 'mediaRefused', code: 'BadSessionDescription' })
}

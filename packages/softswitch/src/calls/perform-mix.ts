import type { CallContext } from './call-context.ts'
import { describeToParty, legOfSide, takeReinvite } from './describe-to-party.ts'
import { answerFax, isFaxFor } from './perform-fax.ts'
import { mediaTermsOf } from './media-terms-of.ts'
import { mediaSide, offerOfOwnEnd, signalledFrom } from './perform-media.ts'
import type { MixEffect } from './state/call-effect.ts'
import type { CallSide } from './state/call-event.ts'
import { isThere } from './state/mix-state.ts'

type Of<Type extends MixEffect['type']> = Extract<MixEffect, { type: Type }>

const SIDES: readonly CallSide[] = ['caller', 'callee']

/** The part of `performEffect` that is about calls of three and more (RFC 3911). */
export function performMixEffect(call: CallContext, effect: MixEffect): void {
  switch (effect.type) {
    case 'openMix':
      return openMix(call, effect.forSessionId)
    case 'bridgeServed':
      return bridgeServed(call)
    case 'offerOwnEnd':
      return offerOwnEnd(call, effect.to)
    case 'closeMix':
      return SIDES.forEach((side) => call.session?.leaveMix(mediaSide(side)))
    case 'releaseSide':
      return call.session?.release(mediaSide(effect.side))
    case 'enterMix':
      return enterMix(call, effect.mixId)
    case 'answerInMix':
      return answerInMix(call, effect)
    case 'offerInMix':
      return offerInMix(call, effect.to)
    case 'acceptInMix':
      return acceptInMix(call, effect)
  }
}

/** Puts the legs of the call into its mix, as they are; those that are in it already stay. */
function openMix(call: CallContext, forSessionId: string): void {
  const { state, session } = call
  const isNew = state.mix === undefined
  for (const side of SIDES.filter((one) => isThere(state, one))) {
    const joined = session?.joinMix(mediaSide(side), state.sessionId)
    if (joined?.ok === true) continue
    if (isNew) for (const one of SIDES) session?.leaveMix(mediaSide(one))
    return call.dispatch({ type: 'mixRefused', forSessionId, code: joined?.error.code ?? 'EngineStopped' })
  }
  return call.dispatch({ type: 'mixOpened', forSessionId })
}

/** Whoever was rung has answered the caller's offer at our port: what he hears comes from our own end all the same. */
function bridgeServed(call: CallContext): void {
  const { session, state } = call
  const terms = mediaTermsOf(call, 'callee')
  const accepted = session?.acceptLocally('b', state.descriptions.callee ?? '', terms, signalledFrom(call, 'callee'))
  const isMixed = accepted?.ok === true && (['a', 'b'] as const).every((side) => session?.joinMix(side, state.sessionId).ok === true)
  if (!isMixed) call.dispatch({ type: 'hangup', code: 'NoCommonCodec' })
}

function offerOwnEnd(call: CallContext, to: CallSide): void {
  if (call.session === undefined) return call.dispatch({ type: 'reinviteRejected', side: to, statusCode: 488 })
  return legOfSide(call, to)?.reinvite(describeToParty(call, to, offerOfOwnEnd(call, call.session, to)))
}

/** The call that joins has one leg: it is answered by our own end, which plays the mix to it. */
function enterMix(call: CallContext, mixId: string): void {
  const { session, state } = call
  if (session === undefined) return call.dispatch({ type: 'mediaRefused', code: 'EngineStopped' })
  if (state.offer === undefined) {
    // RFC 3261 13.2.1: our offer in the 200, the answer in the ACK.
    call.caller?.answer({ body: describeToParty(call, 'caller', offerOfOwnEnd(call, session, 'caller')) })
    return call.dispatch({ type: 'mixEntered' })
  }
  const answered = session.answerLocally('a', state.offer, mediaTermsOf(call, 'caller'), signalledFrom(call, 'caller'))
  if (!answered.ok) return call.dispatch({ type: 'mediaRefused', code: answered.error.code })
  const joined = session.joinMix('a', mixId)
  if (!joined.ok) return call.dispatch({ type: 'mediaRefused', code: joined.error.code })
  call.caller?.answer({ body: describeToParty(call, 'caller', answered.value) })
  return call.dispatch({ type: 'mixEntered' })
}

function answerInMix(call: CallContext, { to, sdp }: Of<'answerInMix'>): void {
  const pending = takeReinvite(call, to)
  if ((to === 'caller' || call.state.faxCall !== undefined) && isFaxFor(call, sdp)) return answerFax(call, sdp, pending)
  const answered = call.session?.answerLocally(mediaSide(to), sdp, mediaTermsOf(call, to), signalledFrom(call, to))
  if (answered?.ok === true) return pending?.answer(describeToParty(call, to, answered.value))
  return pending?.reject(488)
}

function offerInMix(call: CallContext, to: CallSide): void {
  if (call.session !== undefined) takeReinvite(call, to)?.answer(describeToParty(call, to, offerOfOwnEnd(call, call.session, to)))
}

/** The answer to our offer, in an ACK. Of a call that joins it is the first thing it says of itself. */
function acceptInMix(call: CallContext, { from, sdp }: Of<'acceptInMix'>): void {
  const { session, state } = call
  const side = mediaSide(from)
  const accepted = session?.acceptLocally(side, sdp, mediaTermsOf(call, from), signalledFrom(call, from))
  const joined = accepted?.ok === true ? session?.joinMix(side, state.joins ?? state.sessionId) : accepted
  if (joined?.ok !== true) call.dispatch({ type: 'hangup', code: joined?.error.code ?? 'EngineStopped' })
}

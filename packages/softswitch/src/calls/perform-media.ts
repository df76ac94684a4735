import type { MediaSide } from '@dialtone/media'
import type { CallContext } from './call-context.ts'
import type { CallSide } from './state/call-event.ts'

export function mediaSide(side: CallSide): MediaSide {
  return side === 'caller' ? 'a' : 'b'
}

/** Opens the media session; the call goes on with 'mediaOpened' or 'mediaRefused'. */
export function openMedia(call: CallContext): void {
  call.opening = call.needs.media.openSession({ sessionId: call.state.sessionId })
  const opened = call.opening.then((result) => {
    if (!result.ok) return call.dispatch({ type: 'mediaRefused', code: result.error.code })
    if (call.state.phase === 'over') return undefined
    call.session = result.value
    result.value.onEvent((event) => {
      if (event.type === 'inactive') call.dispatch({ type: 'mediaInactive', side: event.side, silentMs: event.silentMs })
      if (event.type === 'failed') call.dispatch({ type: 'mediaFailed', reason: event.reason })
    })
    return call.dispatch({ type: 'mediaOpened' })
  })
  opened.catch((error: unknown) => {
    call.needs.logger.error('media session failed to open', { sessionId: call.state.sessionId, error: String(error) })
    call.dispatch({ type: 'mediaRefused', code: 'EngineStopped' })
  })
}

/** The offer every phone gets: the caller's, pointing at our ports, or our own when the caller sent none. */
export function offerForLegs(call: CallContext): string | undefined {
  if (call.offer !== undefined || call.session === undefined) return call.offer
  const { offer } = call.state
  if (offer === undefined) {
    call.offer = call.session.offerLocally('b')
    return call.offer
  }
  const relayed = call.session.relayOffer('a', offer)
  if (relayed.ok) call.offer = relayed.value
  else call.dispatch({ type: 'mediaRefused', code: relayed.error.code })
  return call.offer
}

/** What the caller gets as the description of whoever answered: an answer, or an offer when it sent none. */
export function descriptionForCaller(call: CallContext, sdp: string): string | undefined {
  const relayed = call.state.offer === undefined ? call.session?.relayOffer('b', sdp) : call.session?.relayAnswer('b', sdp)
  return relayed?.ok === true ? relayed.value : undefined
}

export function acceptCallerAnswer(call: CallContext, sdp: string): void {
  const accepted = call.session?.relayAnswer('a', sdp)
  if (accepted?.ok !== true) call.dispatch({ type: 'mediaRefused', code: 'BadSessionDescription' })
}

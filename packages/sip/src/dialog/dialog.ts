import type { NameAddress, SipRequest, SipResponse } from '../message/index.ts'
import { routeSetOfRequest, routeSetOfResponse } from './route-set.ts'

/** The state of a dialog (RFC 3261 12). It never changes: every function here gives a new one. */
export interface Dialog {
  readonly callId: string
  readonly localTag: string
  /** undefined: the peer speaks RFC 2543 and has none (12.1.1). */
  readonly remoteTag: string | undefined
  /** Our address as it stands in From of our requests, with our tag. */
  readonly localAddress: string
  /** The peer's address as it stands in To of our requests, with its tag. */
  readonly remoteAddress: string
  /** The URI in the peer's Contact. */
  readonly remoteTarget: string
  readonly routeSet: readonly string[]
  /** CSeq number of our last request. */
  readonly localSequence: number
  /** CSeq number of the peer's last request; undefined: none yet. */
  readonly remoteSequence: number | undefined
}

/** The dialog an INVITE opens at the callee (RFC 3261 12.1.1). */
export function createCalleeDialog(request: SipRequest, localTag: string): Dialog {
  return {
    callId: request.callId,
    localTag,
    remoteTag: request.fromTag,
    localAddress: `${request.header('to') ?? ''};tag=${localTag}`,
    remoteAddress: request.header('from') ?? '',
    // RFC 2543 callers give no Contact: their From is all there is.
    remoteTarget: targetOf(request.contacts[0] ?? request.from),
    routeSet: routeSetOfRequest(request),
    localSequence: 0,
    remoteSequence: request.cseq.sequence,
  }
}

/**
 * The dialog a response opens at the caller (RFC 3261 12.1.2); for a 2xx the route set is that of the 2xx (13.2.2.4).
 * @param localSequence CSeq number of our last request
 */
export function createCallerDialog(request: SipRequest, response: SipResponse, localSequence = request.cseq.sequence): Dialog {
  return {
    callId: request.callId,
    localTag: request.fromTag ?? '',
    remoteTag: response.toTag,
    localAddress: request.header('from') ?? '',
    remoteAddress: response.header('to') ?? '',
    remoteTarget: response.contacts[0] === undefined ? request.uriText : targetOf(response.contacts[0]),
    routeSet: routeSetOfResponse(response),
    localSequence,
    remoteSequence: undefined,
  }
}

/** The early dialog a 2xx confirms (RFC 3261 13.2.2.4): target and route set become those of the 2xx, the CSeq numbers go on. */
export function confirmCallerDialog(early: Dialog, request: SipRequest, response: SipResponse): Dialog {
  const { localSequence, remoteSequence } = early
  return { ...createCallerDialog(request, response), localSequence: Math.max(localSequence, request.cseq.sequence), remoteSequence }
}

/** Whether a request that carries our tag belongs to this dialog (RFC 3261 12). */
export function matchesDialog(dialog: Dialog, request: SipRequest): boolean {
  return request.callId === dialog.callId && request.fromTag === dialog.remoteTag && request.toTag === dialog.localTag
}

/**
 * Takes note of a request of the peer (RFC 3261 12.2.2).
 * @returns undefined when its CSeq number is lower than the last one: it is out of order and gets 500
 */
export function receiveInDialog(dialog: Dialog, request: SipRequest): Dialog | undefined {
  const { sequence } = request.cseq
  if (dialog.remoteSequence !== undefined && sequence < dialog.remoteSequence) return undefined
  return sequence === dialog.remoteSequence ? dialog : { ...dialog, remoteSequence: sequence }
}

/** Target refresh (RFC 3261 12.2.1.2, 12.2.2): re-INVITE and its 2xx move the peer's Contact. */
export function refreshTarget(dialog: Dialog, message: SipRequest | SipResponse): Dialog {
  const contact = message.contacts[0]
  if (contact === undefined) return dialog
  const remoteTarget = targetOf(contact)
  return remoteTarget === dialog.remoteTarget ? dialog : { ...dialog, remoteTarget }
}

/** The URI as a Request-URI: without the header fields a Contact may carry after '?' (RFC 3261 19.1.1), which are never obeyed. */
function targetOf(contact: NameAddress): string {
  const { headers } = contact.uri
  return headers === '' ? contact.uriText : contact.uriText.slice(0, -headers.length - 1)
}

/** The dialog with the CSeq number of the next request of ours (RFC 3261 12.2.1.1). */
export function withNextSequence(dialog: Dialog): Dialog {
  return { ...dialog, localSequence: dialog.localSequence + 1 }
}

import type { JoinedDialog, ReplacedDialog } from '../dialog/index.ts'
import type { Header, SipRequest } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'
import type { SipLeg } from './sip-leg.ts'

export interface RespondOptions {
  readonly reasonPhrase?: string
  readonly headers?: readonly Header[]
  readonly body?: string | Buffer
  readonly contentType?: string
}

/** A request outside of dialogs, waiting for its answer. */
export interface IncomingRequest {
  readonly request: SipRequest
  readonly source: RemoteAddress
  /** The tag our answers carry in To: what opens a dialog, such as a subscription, goes on with it (RFC 3261 12.1.1). */
  readonly localTag: string
  /** Sends the answer. A second final answer, and one later than 64*T1 (RFC 4320 4.2), is ignored. */
  respond(statusCode: number, options?: RespondOptions): void
}

export interface RequestHandlerOptions {
  /** Option tags that the handler of this method knows (RFC 3261 8.2.2.3); others in Require are answered 420. */
  readonly supportedOptions?: readonly string[]
}

export interface InviteProgressOptions {
  readonly reasonPhrase?: string
  readonly headers?: readonly Header[]
  /** Session description: early media. */
  readonly body?: string
  /**
   * Send it reliably (RFC 3262 3): repeated until the caller's PRACK comes. Default: when the caller requires 100rel, or supports it
   * and this response answers its offer. Without effect when the caller does not know 100rel.
   */
  readonly reliable?: boolean
}

/** An INVITE that opens a call. 100 Trying has been sent. After a CANCEL the methods do nothing. */
export interface IncomingInvite {
  readonly request: SipRequest
  /** The session description offered, also as a part of a multipart body (RFC 5621 3.1); undefined: our answer is the offer. */
  readonly offered: string | undefined
  readonly source: RemoteAddress
  readonly leg: SipLeg
  /** The dialog this call is to take the place of (RFC 3891), see `SipStack.findLeg`. That it may be replaced is for the user to decide. */
  readonly replaces: ReplacedDialog | undefined
  /** The dialog this call wants to join (RFC 3911). */
  readonly join: JoinedDialog | undefined
  /** Max-Breadth (RFC 5393 5.3.3): how many branches this call may be forked to in all; undefined: the caller does not say. */
  readonly maxBreadth: number | undefined
  /** Sends a provisional response, 101 to 199. It is repeated every minute (RFC 3261 13.3.1.1). Reliable ones wait for the PRACK of the one before. */
  progress(statusCode: number, options?: InviteProgressOptions): void
  /**
   * Sends 200 OK and repeats it until the ACK comes (RFC 3261 13.3.1.4). Waits for the PRACK of a reliable answer (RFC 3262 5). When the
   * offer was answered so, the 200 has no body; another body than that answer is then offered by re-INVITE ('reinviteAnswered').
   */
  answer(options: { readonly body: string; readonly headers?: readonly Header[] }): void
  /** Sends a final response, 300 to 699; the leg is over. */
  reject(statusCode: number, options?: { readonly reasonPhrase?: string; readonly headers?: readonly Header[] }): void
}

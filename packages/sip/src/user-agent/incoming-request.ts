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

export interface InviteProgressOptions {
  readonly reasonPhrase?: string
  readonly headers?: readonly Header[]
  /** Session description: early media. */
  readonly body?: string
}

/** An INVITE that opens a call. 100 Trying has been sent. After a CANCEL the methods do nothing. */
export interface IncomingInvite {
  readonly request: SipRequest
  readonly source: RemoteAddress
  readonly leg: SipLeg
  /** Sends a provisional response, 101 to 199. It is repeated every minute (RFC 3261 13.3.1.1). */
  progress(statusCode: number, options?: InviteProgressOptions): void
  /** Sends 200 OK and repeats it until the ACK comes (RFC 3261 13.3.1.4). */
  answer(options: { readonly body: string; readonly headers?: readonly Header[] }): void
  /** Sends a final response, 300 to 699; the leg is over. */
  reject(statusCode: number, options?: { readonly reasonPhrase?: string; readonly headers?: readonly Header[] }): void
}

import type { Header, SipRequest, SipResponse } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'

/** One side of a call: an INVITE and the dialog that came of it. */
export interface SipLeg {
  /** Our own unique id. */
  readonly id: string
  readonly callId: string
  readonly direction: 'incoming' | 'outgoing'
  readonly state: 'early' | 'confirmed' | 'terminated'
  readonly remote: RemoteAddress
  /** One handler; events before it is set are kept. */
  onEvent(handler: (event: LegEvent) => void): void
  /**
   * Ends the leg: BYE, or 480 for an unanswered incoming leg, or CANCEL for an unanswered outgoing one.
   * A BYE waits for the ACK of our 2xx (RFC 3261 15). Doing it twice is harmless.
   */
  bye(headers?: readonly Header[]): void
  /**
   * Offers another session description; the outcome arrives as 'reinviteAnswered' or 'reinviteRejected'. Waits while another
   * INVITE of either direction is under way, and tries again after a 491 (RFC 3261 14.1). Only on confirmed legs.
   */
  reinvite(body: string): void
  /** Sends INFO (RFC 6086 4.2.1) in the confirmed dialog. */
  info(contentType: string, body: string): void
}

export type LegEvent =
  /** Outgoing: a provisional response, 101 to 199. */
  | {
      readonly type: 'progress'
      readonly statusCode: number
      readonly reasonPhrase: string
      readonly body: string | undefined
      readonly response: SipResponse
    }
  /** Outgoing: a 2xx; the ACK has been sent. */
  | { readonly type: 'answered'; readonly body: string; readonly response: SipResponse }
  /** Outgoing: a final response of 300 or above; without response: 408 no answer in time, 487 cancelled, 503 the transport failed. */
  | { readonly type: 'rejected'; readonly statusCode: number; readonly reasonPhrase: string; readonly response: SipResponse | undefined }
  /** Incoming: CANCEL came and 487 was sent. `reason` is the text of its Reason header field. */
  | { readonly type: 'cancelled'; readonly reason: string | undefined }
  /** Incoming: the ACK for our 2xx. */
  | { readonly type: 'acknowledged'; readonly body: string | undefined }
  /** Incoming: no ACK in 64*T1; BYE has been sent and the leg is terminated (RFC 3261 13.3.1.4). */
  | { readonly type: 'ackTimeout' }
  /** The remote end hung up; 200 has been sent and the leg is terminated. */
  | { readonly type: 'bye'; readonly request: SipRequest }
  /** The remote end offers another session description. Glare never comes here: the stack answers 491 or 500. */
  | {
      readonly type: 'reinvite'
      /** undefined: the peer asks for our offer. */
      readonly body: string | undefined
      readonly request: SipRequest
      answer(body: string): void
      reject(statusCode: number): void
    }
  | { readonly type: 'reinviteAnswered'; readonly body: string }
  | { readonly type: 'reinviteRejected'; readonly statusCode: number }
  /** INFO came; 200 has been sent. */
  | { readonly type: 'info'; readonly contentType: string | undefined; readonly body: string }
  /** A request of ours in the dialog got 408 or 481, or could not be sent: the leg is terminated (RFC 3261 12.2.1.2). */
  | { readonly type: 'gone'; readonly statusCode: number }

import type { ReplacedDialog } from '../dialog/index.ts'
import type { Header, NameAddress, SipRequest, SipResponse } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'
import type { StandingLeg } from './standing-invite.ts'
import type { ReferSubscription } from './refer-subscription.ts'

/** One side of a call: an INVITE and the dialog that came of it. */
export interface SipLeg {
  /** Our own unique id. */
  readonly id: string
  readonly callId: string
  readonly direction: 'incoming' | 'outgoing'
  readonly state: 'early' | 'confirmed' | 'terminated'
  readonly remote: RemoteAddress
  /** To end it from elsewhere when this stack is no more; undefined: it is over, or being ended, or nobody could. */
  readonly standing: StandingLeg | undefined
  /** The methods in the peer's Allow, upper case; empty as long as it has not sent one. */
  readonly remoteAllow: ReadonlySet<string>
  /** Whether the peer has named this option tag in Supported (RFC 3261 20.37) or Require. */
  supports(optionTag: string): boolean
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
  /**
   * Drops an offer of ours that waits for its time after a 491, because the peer's has come first: no event follows. For who stands between
   * two parties, of whom each wants something of the other at once.
   * @returns whether one waited
   */
  giveWay(): boolean
  /**
   * Takes an offer of ours back: one that waits is not sent, a re-INVITE under way gets a CANCEL (RFC 3261 9.1). 'reinviteRejected' follows, or
   * 'reinviteAnswered' when the answer has crossed it. An UPDATE is left alone, and so is who has offered nothing.
   */
  cancelReinvite(): void
  /**
   * As `reinvite`, by UPDATE (RFC 3311 5.1) when the peer allows that, so that nobody has to be asked; in an early dialog too, once
   * the first offer has been answered reliably. A confirmed leg whose peer does not allow UPDATE falls back on re-INVITE.
   */
  update(body: string): void
  /** Asks the peer to call somebody else (RFC 3515 2.4.1): 'referAccepted' or 'referRejected' follows, then 'referProgress'. Only on confirmed legs. */
  refer(referTo: string, headers?: readonly Header[]): void
  /** Sends INFO (RFC 6086 4.2.1) in the confirmed dialog. */
  info(contentType: string, body: string): void
}

/** A dialog another one names in Replaces, Join or Target-Dialog. */
export type { DialogReference, JoinedDialog, ReplacedDialog } from '../dialog/index.ts'

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
  /** Incoming: PRACK came for a reliable provisional response of ours; `body` is the answer when that response had the offer (RFC 3262 5). */
  | { readonly type: 'progressAcknowledged'; readonly statusCode: number; readonly body: string | undefined }
  /** Incoming: a reliable provisional response of ours was not acknowledged in 64*T1; 504 has been sent and the leg is terminated (RFC 3262 3). */
  | { readonly type: 'progressTimeout' }
  /** The remote end offers another session description. Glare never comes here: the stack answers 491 or 500. */
  | {
      readonly type: 'reinvite'
      /** An UPDATE must be answered at once: nobody can be asked (RFC 3311 5.2). Without a body it never comes here: it asks nothing. */
      readonly method: 'INVITE' | 'UPDATE'
      /** The call has not been answered yet. */
      readonly early: boolean
      /** undefined: the peer asks for our offer. */
      readonly body: string | undefined
      readonly request: SipRequest
      answer(body: string): void
      reject(statusCode: number): void
    }
  /** The remote end has cancelled its re-INVITE; 487 has been sent, and nobody waits for an answer any more (RFC 3261 9.2). */
  | { readonly type: 'reinviteCancelled' }
  | { readonly type: 'reinviteAnswered'; readonly body: string }
  | { readonly type: 'reinviteRejected'; readonly statusCode: number }
  /** INFO came; 200 has been sent. */
  | { readonly type: 'info'; readonly contentType: string | undefined; readonly body: string }
  /** A session refresh of ours was answered with another session description than the last one of the peer (RFC 4028 7.4). */
  | { readonly type: 'sessionRefreshed'; readonly body: string }
  /** Nobody refreshed the session in time; BYE has been sent and the leg is terminated (RFC 4028 10). */
  | { readonly type: 'sessionExpired' }
  /** The remote end wants us to call somebody (RFC 3515). Answered by `accept` or `reject`. */
  | {
      readonly type: 'refer'
      /** Without the header fields its URI may have carried. */
      readonly referTo: NameAddress
      /** Replaces in the URI: an attended transfer (RFC 5589 7). */
      readonly replaces: ReplacedDialog | undefined
      /** The Referred-By header field as it came (RFC 3892). */
      readonly referredBy: string | undefined
      readonly request: SipRequest
      /** Sends 202 and the first NOTIFY. */
      accept(): ReferSubscription
      reject(statusCode: number): void
    }
  | { readonly type: 'referAccepted' }
  | { readonly type: 'referRejected'; readonly statusCode: number }
  /** How the call goes that the peer was asked for (RFC 3515 2.4.5). `ended`: nothing more will come; statusCode 0: nobody can tell. */
  | { readonly type: 'referProgress'; readonly statusCode: number; readonly reasonPhrase: string; readonly ended: boolean }
  /** A request of ours in the dialog got 408 or 481, or could not be sent: the leg is terminated (RFC 3261 12.2.1.2). */
  | { readonly type: 'gone'; readonly statusCode: number }

import type { Header } from '../message/index.ts'
import type { BodyPart } from './multipart-body.ts'
import type { RemoteAddress } from '../transport/index.ts'
import type { SipLeg } from './sip-leg.ts'

/** Another address of a target. */
export interface FurtherAddress extends RemoteAddress {
  /** The Request-URI there: a server of its own takes no request for its neighbour (RFC 3261 16.3, 16.5). Default: that of the first. */
  readonly uri?: string
}

/** When a place that says nothing at all, not even 100, is left. What it says after all is cancelled, or acknowledged and hung up. */
export interface SilenceLimit {
  readonly timeoutMs: number
  /** Whether the last address is left as well, and the leg rejected with 408: somebody else is asked then. Default: that one has its 64*T1. */
  readonly leavesLast?: boolean
}

export interface OutgoingInviteOptions {
  /** The Request-URI. */
  readonly uri: string
  /** Where the request is sent. */
  readonly to: RemoteAddress
  /**
   * Further addresses of the target, in the order to try them (RFC 3263 4.3): after a transport failure, a 503 and silence, with a
   * new branch, and without credentials: each place challenges for itself. Not once somebody has been rung: after a provisional response above 100.
   */
  readonly alternatives?: readonly FurtherAddress[]
  /** name-addr without tag: the From header field. */
  readonly from: string
  /** name-addr without tag: the To header field. */
  readonly toHeader: string
  /** More header fields. Max-Forwards, Allow, Supported and User-Agent given here replace those of the stack. */
  readonly headers: readonly Header[]
  /** The session description offered. */
  readonly body: string
  /** What goes with the session description, in one multipart body (RFC 5621). In the INVITE only, not in a re-INVITE. */
  readonly parts?: readonly BodyPart[] | undefined
  /** Whether reliable provisional responses are asked for (RFC 3262 4). Default: they are supported, not required. */
  readonly reliableProvisional?: 'supported' | 'required' | 'unsupported'
  /** User part of our Contact. */
  readonly contactUser?: string
  /** Answers a 401 or 407 with these (and once more when the nonce is stale). */
  readonly credentials?: { readonly username: string; readonly password: string } | undefined
  /** Cancels the call after so many milliseconds without an answer: the leg is rejected with 408. None: the caller cancels. */
  readonly noAnswerTimeoutMs?: number
  /** How long a place may be silent. Default: each 64*T1 (RFC 3261 17.1.1.2, timer B). */
  readonly silence?: SilenceLimit
  /** A call for help: an answer is taken also when it requires what we do not know, which ends other calls (RFC 3261 13.2.2.4). */
  readonly mustConnect?: boolean
}

export interface OutgoingInvite {
  readonly leg: SipLeg
  /**
   * Gives the call up. Waits for a provisional response before CANCEL goes out (RFC 3261 9.1); a 2xx that crosses it
   * is acknowledged and followed by BYE. The leg ends with 'rejected' (487 when the peer gave no other answer).
   * @param headers more header fields of the CANCEL, such as Reason (RFC 3326)
   */
  cancel(headers?: readonly Header[]): void
}

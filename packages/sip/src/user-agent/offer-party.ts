import type { SipRequest } from '../message/index.ts'
import type { DialogPeer } from './in-dialog-client.ts'
import type { Leg } from './leg.ts'
import type { SessionRefresher } from './session-refresher.ts'
import type { AwaitedAck } from './unacknowledged-success.ts'
import type { UserAgent } from './user-agent.ts'

/** The dialog in which offers go to and fro (RFC 3264, RFC 6337). */
export interface OfferParty {
  readonly userAgent: UserAgent
  readonly leg: Leg
  readonly peer: DialogPeer
  readonly refresher: SessionRefresher
  /** The INVITE has been answered. */
  readonly confirmed: boolean
  /** Somebody has hung up. */
  readonly ended: boolean
  /** A 2xx of ours has not been acknowledged yet. */
  readonly awaitsAck: boolean
  /** The session description of ours that is in force; undefined: there is none yet. */
  localBody: string | undefined
  /** The peer's. */
  remoteBody: string | undefined
  /** Why the exchange of the INVITE itself hinders another offer: 491 it is for the peer to answer ours, 500 it is for us to answer the peer's (RFC 3311 5.2). */
  offerHindrance(): 491 | 500 | undefined
  awaitAck(awaited: AwaitedAck): void
  receiveAck(ack: SipRequest): void
  /** An exchange is over: what waits may go. */
  resumeOffers(): void
  /** The other end does not know the dialog any more. */
  gone(statusCode: number): void
}

import type { Header, SipRequest } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'

/**
 * What the owner of a stack knows about those who knock. Asked for requests outside of dialogs, before any work is done for
 * them. Each function has to be cheap, and none may throw.
 */
export interface RequestGate {
  /** Not worth an answer, such as a scanner's: dropped without a trace, no transaction is opened. */
  readonly isUnwanted?: (request: SipRequest, source: RemoteAddress) => boolean
  /** Served whatever the load, its hops and the extensions it requires, such as a call for help. Asked only when the request would be refused otherwise. */
  readonly isUrgent?: (request: SipRequest, source: RemoteAddress) => boolean
  /** Outside the limits per source: a carrier, a proxy in front of us. */
  readonly isTrusted?: (source: RemoteAddress) => boolean
  /**
   * The challenge for a request that nobody can serve without credentials (RFC 3261 22.1), asked for what is well-formed and
   * supported. It is answered without a transaction: a repetition is challenged anew, and a flood takes no memory (8.2.7).
   */
  readonly challenge?: (request: SipRequest, source: RemoteAddress) => Challenge | undefined
}

/** A 401 or 407 with its WWW-Authenticate or Proxy-Authenticate. */
export interface Challenge {
  readonly statusCode: 401 | 407
  readonly headers: readonly Header[]
}

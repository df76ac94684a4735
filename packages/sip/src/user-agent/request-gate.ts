import type { SipRequest } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'

/**
 * What the owner of a stack knows about those who knock. Asked for requests outside of dialogs, before any work is done for
 * them. Each function has to be cheap, and none may throw.
 */
export interface RequestGate {
  /** Not worth an answer, such as a scanner's: dropped without a trace, no transaction is opened. */
  readonly isUnwanted?: (request: SipRequest, source: RemoteAddress) => boolean
  /** Served whatever the load, such as a call for help. Asked only when the request would be refused otherwise. */
  readonly isUrgent?: (request: SipRequest) => boolean
  /** Outside the limits per source: a carrier, a proxy in front of us. */
  readonly isTrusted?: (source: RemoteAddress) => boolean
}

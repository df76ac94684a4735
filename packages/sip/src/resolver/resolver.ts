import type { SipUri } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'

/**
 * Finds where a URI is served (RFC 3263). The stack itself asks only for numeric hosts, synchronously, with
 * `numericDestination`: nothing on the receive path ever waits for DNS. Who places calls to names resolves them first
 * through this port and passes the addresses on, in the order to try them (`to` and `alternatives`).
 */
export interface Resolver {
  /** @returns in the order to try them; none when the URI leads nowhere or nobody could say in time. Never rejects. */
  resolve(uri: SipUri): Promise<readonly RemoteAddress[]>
  /**
   * A place did not answer, or said 503: for a while it comes last (RFC 3263 4.3).
   * @param forMs what its Retry-After said; default a minute
   */
  reportFailure(remote: RemoteAddress, forMs?: number): void
}

import type { SipUri } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'

/** One SRV record, or a host that has none, and where it leads. */
export interface SipService {
  /** Lower ones first: by the order of the transports, and by priority. */
  readonly priority: number
  readonly weight: number
  readonly destinations: readonly RemoteAddress[]
}

/**
 * Finds where a URI is served (RFC 3263). The stack itself asks only for numeric hosts, synchronously, with
 * `numericDestination`: nothing on the receive path ever waits for DNS. Who places calls to names resolves them first
 * through this port and passes the addresses on, in the order to try them (`to` and `alternatives`).
 */
export interface Resolver {
  /** @returns in the order to try them; none when the URI leads nowhere or nobody could say in time. Never rejects. */
  resolve(uri: SipUri): Promise<readonly RemoteAddress[]>
  /**
   * The same before anything is drawn, for who places many calls there and draws for each with `orderByWeight` (RFC 2782): where they go is known
   * then, and no call waits.
   */
  servicesOf(uri: SipUri): Promise<readonly SipService[]>
  /**
   * A place did not answer, or said 503: for a while it comes last (RFC 3263 4.3).
   * @param forMs what its Retry-After said; default a minute
   */
  reportFailure(remote: RemoteAddress, forMs?: number): void
}

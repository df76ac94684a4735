import type { SipUri } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'

/**
 * Finds where a URI is served (RFC 3263). The stack itself asks only for numeric hosts, synchronously, with
 * `numericDestination`: nothing on the receive path ever waits for DNS. Who places calls to names resolves them first
 * through this port and passes the addresses on, in the order to try them.
 */
export interface Resolver {
  resolve(uri: SipUri): Promise<readonly RemoteAddress[]>
}

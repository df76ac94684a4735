import type { Via } from '../message/index.ts'
import { isPrivateAddress } from './numeric-address.ts'
import { isReliable, type RemoteAddress } from './remote-address.ts'

/** RFC 3261 18.2.2: the port where a sent-by without one listens. */
const DEFAULT_SIP_PORT = 5060
const DEFAULT_SIPS_PORT = 5061

/**
 * Where the answer to a request goes (RFC 3261 18.2.2, RFC 3581 4). Always back to the address it came from: `received` is that
 * address by definition, and a `maddr` is not followed, for it would let anybody aim our answers at somebody else.
 * @param via the top Via of the request
 */
export function responseDestination(via: Via, source: RemoteAddress): RemoteAddress {
  // On the same connection; should it be closed by then, to where the peer says it listens.
  if (isReliable(source.transport)) return { ...source, port: via.port ?? (source.transport === 'tls' ? DEFAULT_SIPS_PORT : DEFAULT_SIP_PORT) }
  // RFC 3581 1: behind a NAT the port inside means nothing out here, also to a client that knows nothing of rport.
  const isToSource = via.parameters.has('rport') || (isPrivateAddress(via.host) && !isPrivateAddress(source.address))
  return isToSource ? source : { ...source, port: via.port ?? DEFAULT_SIP_PORT }
}

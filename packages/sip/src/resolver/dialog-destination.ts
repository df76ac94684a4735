import { parseUri } from '../message/index.ts'
import { isLinkLocalAddress, isLoopbackAddress, isPrivateAddress, isWebSocket, type RemoteAddress } from '../transport/index.ts'
import { numericDestination } from './numeric-destination.ts'

/**
 * Where a request inside a dialog is sent: to its next hop (RFC 3261 8.1.2, 12.2.1.1), unless that is a name, or a peer behind
 * NAT wrote its inside address there; then to where the peer has been heard from (RFC 3581, RFC 5626 5.3: reuse the flow).
 * @param nextHop URI of the first route, or the remote target
 * @param heardFrom where the dialog's INVITE came from or was sent to
 * @param isOurs whether what is sent there comes back to us
 */
export function dialogDestination(nextHop: string, heardFrom: RemoteAddress, isOurs: (place: RemoteAddress) => boolean): RemoteAddress {
  const uri = parseUri(nextHop)
  const named = uri === undefined ? undefined : numericDestination(uri)
  if (uri === undefined || named === undefined || !isReachable(named, heardFrom) || isOurs(named)) return heardFrom
  // RFC 3261 26.2.2: never in clear, even if the peer was so careless.
  if (uri.scheme === 'sips' && heardFrom.transport !== 'tls') return named
  // The same place: stay with the transport that has worked, even where a Contact carelessly says another one.
  if (named.address === heardFrom.address && named.port === heardFrom.port) return heardFrom
  if (heardFrom.transport === 'udp') return named
  // Stay with the connection unless the URI says otherwise. The one the peer opened comes first: its port is not one that listens.
  const { connectionId, serverName, acceptAnyCertificate, transport } = heardFrom
  if (uri.parameters.has('transport') && connectionId === undefined) return named
  const { address, port } = named
  return {
    transport,
    address,
    port,
    ...(connectionId === undefined ? {} : { connectionId }),
    ...(serverName === undefined ? {} : { serverName }),
    ...(acceptAnyCertificate === undefined ? {} : { acceptAnyCertificate }),
  }
}

/** Whether the address a peer calls itself by means the same to us as to it. */
function isReachable(named: RemoteAddress, heardFrom: RemoteAddress): boolean {
  // RFC 7118 5, RFC 5626 5.3: a browser listens nowhere.
  if (isWebSocket(heardFrom.transport)) return false
  if (isPrivateAddress(named.address) && !isPrivateAddress(heardFrom.address)) return false
  // Nobody else aims our requests at services of this machine, or of the cable it hangs on.
  if (isLoopbackAddress(named.address) && !isLoopbackAddress(heardFrom.address)) return false
  if (isLinkLocalAddress(named.address) && !isLinkLocalAddress(heardFrom.address)) return false
  // A program on this machine that names the address others reach it at, which a NAT in front of the machine may not take back in.
  return !isLoopbackAddress(heardFrom.address) || isLoopbackAddress(named.address)
}

import { parseUri } from '../message/index.ts'
import { isPrivateAddress, type RemoteAddress } from '../transport/index.ts'
import { numericDestination } from './numeric-destination.ts'

/**
 * Where a request inside a dialog is sent: to its next hop (RFC 3261 8.1.2, 12.2.1.1), unless that is a name, or a peer behind
 * NAT wrote its inside address there; then to where the peer has been heard from (RFC 3581, RFC 5626 5.3: reuse the flow).
 * @param nextHop URI of the first route, or the remote target
 * @param heardFrom where the dialog's INVITE came from or was sent to
 */
export function dialogDestination(nextHop: string, heardFrom: RemoteAddress): RemoteAddress {
  const uri = parseUri(nextHop)
  const named = uri === undefined ? undefined : numericDestination(uri)
  if (uri === undefined || named === undefined) return heardFrom
  // The same place: stay with the transport that has worked, even where a Contact carelessly says another one.
  if (named.address === heardFrom.address && named.port === heardFrom.port) return heardFrom
  if (isPrivateAddress(named.address) && !isPrivateAddress(heardFrom.address)) return heardFrom
  if (heardFrom.transport === 'udp') return named
  // Stay on TCP unless the URI says otherwise. The connection the peer opened comes first: its port is not one that listens.
  const { connectionId } = heardFrom
  if (connectionId !== undefined) return { ...named, transport: 'tcp', connectionId }
  return uri.parameters.has('transport') ? named : { ...named, transport: 'tcp' }
}

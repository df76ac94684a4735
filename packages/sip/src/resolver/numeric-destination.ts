import type { SipUri } from '../message/index.ts'
import { isDestination, numericAddressOf, type RemoteAddress, type TransportName } from '../transport/index.ts'

const DEFAULT_SIP_PORT = 5060
const DEFAULT_SIPS_PORT = 5061

/**
 * RFC 3263 4.1, 4.2 for a URI whose host is an address.
 * @returns undefined for names, for WebSockets, which only browsers open (RFC 7118 5), and for what cannot be sent to
 */
export function numericDestination(uri: SipUri): RemoteAddress | undefined {
  const address = numericAddressOf(uri.host)
  const transport = transportAskedFor(uri)
  if (address === undefined || transport === undefined || transport === 'ws' || transport === 'wss') return undefined
  const port = uri.port ?? defaultPortOf(transport)
  return isDestination(address, port) ? { transport, address, port } : undefined
}

/**
 * The transport of a URI whose host is an address, or that has a port: what it says, else TLS for sips and UDP for sip (RFC 3263 4.1).
 * `sips` with `transport=tcp` is TLS over TCP (RFC 3261 26.2.2, RFC 5630 3.1.2).
 * @returns undefined for what we do not speak
 */
export function transportAskedFor(uri: SipUri): TransportName | undefined {
  const named = uri.parameters.get('transport')?.toLowerCase()
  if (uri.scheme === 'sips') return named === undefined || named === 'tcp' || named === 'tls' ? 'tls' : named === 'ws' || named === 'wss' ? 'wss' : undefined
  if (uri.scheme !== 'sip') return undefined
  if (named === undefined) return 'udp'
  return named === 'udp' || named === 'tcp' || named === 'tls' || named === 'ws' || named === 'wss' ? named : undefined
}

/** RFC 3261 19.1.2. */
export function defaultPortOf(transport: TransportName): number {
  return transport === 'tls' ? DEFAULT_SIPS_PORT : DEFAULT_SIP_PORT
}

import type { SipUri } from '../message/index.ts'
import { isDestination, numericAddressOf, type RemoteAddress } from '../transport/index.ts'

const DEFAULT_SIP_PORT = 5060

/** RFC 3263 4.1, 4.2 for a URI whose host is an address. @returns undefined for names, for TLS and for what cannot be sent to */
export function numericDestination(uri: SipUri): RemoteAddress | undefined {
  if (uri.scheme !== 'sip') return undefined
  const address = numericAddressOf(uri.host)
  const port = uri.port ?? DEFAULT_SIP_PORT
  if (address === undefined || !isDestination(address, port)) return undefined
  const transport = (uri.parameters.get('transport') ?? 'udp').toLowerCase()
  return transport === 'udp' || transport === 'tcp' ? { transport, address, port } : undefined
}

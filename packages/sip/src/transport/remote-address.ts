/** RFC 3261 18, RFC 7118: what carries messages. `ws` is a WebSocket in clear, `wss` one inside TLS. */
export type TransportName = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss'

/** Whether what is sent arrives or the sender learns that it did not (RFC 3261 17): all but UDP, and all of these have connections. */
export function isReliable(transport: TransportName): boolean {
  return transport !== 'udp'
}

/** Whether nobody on the way can read along: what a `sips:` URI asks for (RFC 3261 26.2.2, RFC 7118 5.2). */
export function isSecure(transport: TransportName): boolean {
  return transport === 'tls' || transport === 'wss'
}

/** Whether only the peer can open such a connection to us: browsers listen nowhere (RFC 7118 5). */
export function isWebSocket(transport: TransportName): boolean {
  return transport === 'ws' || transport === 'wss'
}

/** Where a message came from, or shall go. The address is numeric: the stack never waits for DNS. */
export interface RemoteAddress {
  readonly transport: TransportName
  /** IPv4 or IPv6 address, the latter without brackets. */
  readonly address: string
  readonly port: number
  /** Use this connection if it is still open (RFC 5923, RFC 5626: the only way to a phone behind NAT). */
  readonly connectionId?: string
  /** The name a certificate must vouch for when we open a TLS connection (RFC 5922 7.1). None: the address itself. */
  readonly serverName?: string
  /** A private peer whose certificate nobody vouches for: the connection is encrypted and the certificate not looked at. */
  readonly acceptAnyCertificate?: boolean
  /**
   * The names of the certificate the peer showed on this connection, in lower case (RFC 5922 7.1); none when nobody we believe vouches for it.
   * undefined: it showed none. Only where something came from.
   */
  readonly certificateNames?: readonly string[]
  /**
   * Learnt from a datagram that came from there, perhaps through a NAT: only datagrams find the way back, so that large requests
   * stay on UDP (against RFC 3261 18.1.1, see `LargeRequests`).
   */
  readonly isFlow?: boolean
}

export type TransportName = 'udp' | 'tcp'

/** Where a message came from, or shall go. The address is numeric: the stack never waits for DNS. */
export interface RemoteAddress {
  readonly transport: TransportName
  /** IPv4 or IPv6 address, the latter without brackets. */
  readonly address: string
  readonly port: number
  /** Use this TCP connection if it is still open (RFC 5923, RFC 5626: the only way to a phone behind NAT). */
  readonly connectionId?: string
}

/** What one connection, and all of them together, may take. Shared by TCP, TLS and WebSocket. */
export interface ConnectionLimits {
  readonly maxMessageBytes: number
  readonly maxConnections: number
  /** Connections from one address; a carrier-grade NAT puts many subscribers behind one. */
  readonly maxConnectionsPerSource: number
  /** A connection on which nothing has been read or written for so long is closed; longer than a registration lives. */
  readonly idleTimeoutMs: number
  /** A connection must bring its first whole message, and finish each one begun, in this time (RFC 4475 3.1.2.2). */
  readonly messageTimeoutMs: number
  /** A peer that does not take our connection in this time is not there: the next one can be tried. */
  readonly connectTimeoutMs: number
  /** A TLS handshake must be done in this time. */
  readonly handshakeTimeoutMs: number
  /** A peer that does not read loses its connection when so much waits for it. */
  readonly maxWriteBufferBytes: number
}

export const DEFAULT_CONNECTION_LIMITS: ConnectionLimits = {
  maxMessageBytes: 65_535,
  maxConnections: 10_000,
  maxConnectionsPerSource: 1_000,
  idleTimeoutMs: 3_900_000,
  messageTimeoutMs: 32_000,
  connectTimeoutMs: 5_000,
  handshakeTimeoutMs: 5_000,
  maxWriteBufferBytes: 1024 * 1024,
}

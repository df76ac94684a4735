import type { RemoteAddress } from './remote-address.ts'

/** An open way to one peer: a TCP or TLS stream, or a WebSocket. */
export interface Connection {
  /** Never given twice, not even by an earlier run of the process: registrations outlive both. */
  readonly id: string
  /** With `connectionId`, so that answers find the way back. */
  readonly remote: RemoteAddress
  /** Kept by the table of connections. */
  readonly aliases: Set<string>
  /** Whether the peer has proven who it is as far as its transport can (RFC 5923 8.2: an alias on TLS needs a certificate). */
  readonly mayAlias: boolean
  /** @param onFailed called when the bytes will not reach the peer's end of the connection, perhaps before `send` returns */
  send(bytes: Buffer, onFailed?: (reason: string) => void): void
  /** @param onOutcome called once: whether the connection stands before `withinMs` have passed */
  whenReady(withinMs: number, onOutcome: (isReady: boolean) => void): void
  close(reason: string): void
}

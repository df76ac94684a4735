import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Result } from '@dialtone/foundation'
import type { ListenFailure } from './listen-failure.ts'
import type { RemoteAddress } from './remote-address.ts'

/** The ports in use; 0: no such transport. */
export interface ListeningPorts {
  readonly udpPort: number
  readonly tcpPort: number
  readonly tlsPort: number
  readonly wsPort: number
}

/** What a network tells the stack. */
export interface SipNetworkUser {
  /** One datagram, or one message of a stream. The bytes are the receiver's to keep. */
  readonly onMessage: (bytes: Buffer, source: RemoteAddress) => void
  /** A connection ended, whoever ended it. Told once for each id. @param reason for a person */
  readonly onConnectionClosed: (connectionId: string, reason?: string) => void
}

/** What carries the messages of a stack: `Transports` with real sockets, or something in memory for simulations. */
export interface SipNetwork {
  open(user: SipNetworkUser): Promise<Result<ListeningPorts, ListenFailure>>
  /**
   * @param onFailed called when the bytes will not reach the peer, perhaps before `send` returns
   * @returns the id of the connection used; undefined for datagrams
   */
  send(bytes: Buffer, remote: RemoteAddress, onFailed?: (reason: string) => void): string | undefined
  /**
   * Finds or opens a connection and sends nothing.
   * @param onOutcome called once, perhaps before `connect` returns: the id of the connection, undefined when none stood in time
   */
  connect?(remote: RemoteAddress, withinMs: number, onOutcome: (connectionId: string | undefined) => void): void
  /** Lets requests to `port` at the connection's peer use that connection (RFC 5923 `alias`). */
  addAlias?(connectionId: string, port: number): void
  /** Whoever is at the other end of that connection is served: it keeps its place when others need one. */
  keep?(connectionId: string): void
  /** See `SipStack.acceptWebSocket`. */
  acceptWebSocket?(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Open now. */
  readonly connections: number
  close(): Promise<void>
}

import { connect as connectTcp, createServer, type Server, type Socket } from 'node:net'
import { type Clock, err, type Logger, ok, type Result, type Timers } from '@dialtone/foundation'
import type { Connection } from './connection.ts'
import type { ConnectionLimits } from './connection-limits.ts'
import type { ConnectionTable } from './connection-table.ts'
import { type ListenFailure, toListenFailure } from './listen-failure.ts'
import { unmappedAddress } from './numeric-address.ts'
import type { RemoteAddress } from './remote-address.ts'
import { StreamConnection } from './stream-connection.ts'
import type { TlsContext } from './tls-context.ts'

export interface StreamTransportOptions {
  readonly host: string
  /** undefined: only makes connections. */
  readonly port: number | undefined
  /** undefined: TCP in clear. */
  readonly tls: TlsContext | undefined
  readonly reusePort: boolean
  readonly connections: ConnectionTable
  readonly limits: ConnectionLimits
  readonly clock: Clock
  readonly timers: Timers
  readonly logger: Logger
  readonly onMessage: (bytes: Buffer, source: RemoteAddress) => void
  readonly onConnectionClosed: (connectionId: string, reason: string) => void
}

type Way = Pick<ConstructorParameters<typeof StreamConnection>[0], 'socket' | 'incoming' | 'readyEvent' | 'mayAlias' | 'provenNames'>

const PROVES_NOTHING = { mayAlias: () => false, provenNames: () => undefined } as const

/** Listens for TCP or TLS connections and makes its own; whoever opened one, both ends use it (RFC 3261 18, RFC 5923). */
export class StreamTransport {
  readonly #options: StreamTransportOptions
  readonly #server: Server

  private constructor(options: StreamTransportOptions) {
    this.#options = options
    this.#server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 }, (socket) => this.#accept(socket))
  }

  static open(options: StreamTransportOptions): Promise<Result<StreamTransport, ListenFailure>> {
    const transport = new StreamTransport(options)
    const server = transport.#server
    const { host, port, reusePort, logger } = options
    const name = options.tls === undefined ? 'TCP' : 'TLS'
    if (port === undefined) return Promise.resolve(ok(transport))
    return new Promise((resolve) => {
      server.once('error', (error) => resolve(err(toListenFailure(error, `${name} ${host}:${port}`))))
      server.listen({ port, host, reusePort }, () => {
        server.removeAllListeners('error')
        server.on('error', (error) => logger.warn(`${name} listener error`, { reason: error.message }))
        resolve(ok(transport))
      })
    })
  }

  /** 0: nothing listens. */
  get port(): number {
    const address = this.#server.address()
    return address === null || typeof address === 'string' ? 0 : address.port
  }

  /** A new connection. What is written before it stands waits in the socket; when it fails, every write is told. */
  connect(remote: RemoteAddress): Connection {
    const { address, port } = remote
    const { tls } = this.#options
    if (tls === undefined) {
      const socket = connectTcp({ host: address, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 })
      return this.#adopt({ socket, incoming: false, readyEvent: 'connect', ...PROVES_NOTHING }, remote)
    }
    const socket = tls.connect(remote)
    return this.#adopt({ socket, incoming: false, readyEvent: 'secureConnect', mayAlias: () => false, provenNames: () => tls.provenNames(socket) }, remote)
  }

  /** Stops listening; the connections are the table's. */
  async close(): Promise<void> {
    if (!this.#server.listening) return
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
    })
  }

  #accept(raw: Socket): void {
    const { remoteAddress, remotePort } = raw
    const { connections, logger, tls } = this.#options
    if (remoteAddress === undefined || remotePort === undefined || !connections.admits(unmappedAddress(remoteAddress))) {
      logger.warn('SIP connection refused', { remote: remoteAddress, connections: connections.size })
      raw.on('error', () => undefined)
      raw.destroy()
      return
    }
    const remote = { address: unmappedAddress(remoteAddress), port: remotePort }
    if (tls === undefined) {
      this.#adopt({ socket: raw, incoming: true, readyEvent: undefined, ...PROVES_NOTHING, mayAlias: () => true }, { transport: 'tcp', ...remote })
    } else {
      const socket = tls.accept(raw)
      // RFC 5923 8.2: whoever proved nothing shall not be sent what is meant for another.
      const proofs = { mayAlias: () => tls.isVouchedFor(socket), provenNames: () => tls.provenNames(socket) }
      this.#adopt({ socket, incoming: true, readyEvent: 'secure', ...proofs }, { transport: 'tls', ...remote })
    }
  }

  #adopt(way: Way, address: RemoteAddress): Connection {
    const { connections, limits, timers, clock, logger, onMessage, onConnectionClosed } = this.#options
    const id = connections.newId(address.transport)
    const connection = new StreamConnection({
      ...way,
      id,
      remote: { ...address, connectionId: id },
      limits,
      timers,
      nowMs: () => clock.nowMs(),
      logger,
      onMessage: (bytes, source) => {
        connections.noteMessage(connection)
        onMessage(bytes, source)
      },
      onClosed: (closed, reason) => {
        connections.remove(closed)
        onConnectionClosed(closed.id, reason)
      },
    })
    connections.add(connection, way.incoming)
    return connection
  }
}

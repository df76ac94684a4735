import { connect, createServer, type Server, type Socket } from 'node:net'
import { type Clock, err, type Logger, ok, type Result, type Timers } from '@dialtone/foundation'
import { ConnectionTable } from './connection-table.ts'
import { type ListenFailure, toListenFailure } from './listen-failure.ts'
import type { RemoteAddress } from './remote-address.ts'
import { TcpConnection, type TcpLimits } from './tcp-connection.ts'

export interface TcpTransportOptions {
  readonly host: string
  readonly port: number
  /** Other listeners may bind the port too; the kernel spreads the connections over them. */
  readonly reusePort?: boolean
  readonly limits: TcpLimits
  readonly clock: Clock
  readonly timers: Timers
  readonly logger: Logger
  readonly onMessage: (bytes: Buffer, source: RemoteAddress) => void
  readonly onConnectionClosed: (connectionId: string) => void
}

/** Listens for TCP connections and makes its own; whoever opened one, both ends use it (RFC 3261 18, RFC 5923). */
export class TcpTransport {
  readonly #options: TcpTransportOptions
  readonly #connections = new ConnectionTable()
  readonly #server: Server
  #lastId = 0
  #closed = false

  private constructor(options: TcpTransportOptions) {
    this.#options = options
    this.#server = createServer((socket) => this.#accept(socket))
  }

  static open(options: TcpTransportOptions): Promise<Result<TcpTransport, ListenFailure>> {
    const transport = new TcpTransport(options)
    const server = transport.#server
    return new Promise((resolve) => {
      server.once('error', (error) => resolve(err(toListenFailure(error, `TCP ${options.host}:${options.port}`))))
      server.listen({ port: options.port, host: options.host, reusePort: options.reusePort === true }, () => {
        server.removeAllListeners('error')
        server.on('error', (error) => options.logger.warn('TCP listener error', { reason: error.message }))
        resolve(ok(transport))
      })
    })
  }

  get port(): number {
    const address = this.#server.address()
    return address === null || typeof address === 'string' ? 0 : address.port
  }

  get connections(): number {
    return this.#connections.size
  }

  /**
   * Sends over the connection named, else over one to that address, else over a new one.
   * @param onFailed called when the bytes will not reach the peer's TCP, perhaps before `send` returns
   * @returns the id of the connection used
   */
  send(bytes: Buffer, remote: RemoteAddress, onFailed?: (reason: string) => void): string | undefined {
    const connection = this.#find(remote) ?? this.#connect(remote)
    if (connection === undefined) {
      onFailed?.('too many connections')
      return undefined
    }
    connection.send(bytes, onFailed)
    return connection.id
  }

  /** Lets requests to `port` at the connection's peer use that connection (RFC 5923 `alias`). */
  addAlias(connectionId: string, port: number): void {
    const connection = this.#connections.findById(connectionId)
    if (connection !== undefined) this.#connections.addAlias(connection, port)
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const connection of this.#connections.all()) connection.close('the stack stops')
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
    })
  }

  #find(remote: RemoteAddress): TcpConnection | undefined {
    const named = remote.connectionId === undefined ? undefined : this.#connections.findById(remote.connectionId)
    return named ?? this.#connections.findByAddress(remote.address, remote.port)
  }

  #accept(socket: Socket): void {
    const { remoteAddress, remotePort } = socket
    if (this.#isFull() || remoteAddress === undefined || remotePort === undefined) {
      this.#options.logger.warn('SIP connection refused', { remote: remoteAddress, connections: this.#connections.size })
      socket.on('error', () => undefined)
      socket.destroy()
      return
    }
    this.#adopt(socket, remoteAddress, remotePort, true)
  }

  #connect(remote: RemoteAddress): TcpConnection | undefined {
    if (this.#isFull()) return undefined
    // What is written before the connection stands waits in the socket; when it fails, every write is told.
    return this.#adopt(connect({ host: remote.address, port: remote.port }), remote.address, remote.port, false)
  }

  #isFull(): boolean {
    return this.#closed || this.#connections.size >= this.#options.limits.maxConnections
  }

  #adopt(socket: Socket, address: string, port: number, incoming: boolean): TcpConnection {
    const { limits, timers, clock, logger, onMessage, onConnectionClosed } = this.#options
    const id = `tcp-${++this.#lastId}`
    const connection = new TcpConnection({
      id,
      socket,
      remote: { transport: 'tcp', address, port, connectionId: id },
      incoming,
      limits,
      timers,
      nowMs: () => clock.nowMs(),
      logger,
      onMessage,
      onClosed: (closed) => {
        this.#connections.remove(closed)
        onConnectionClosed(closed.id)
      },
    })
    this.#connections.add(connection)
    return connection
  }
}

import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type Clock, err, type Logger, ok, type Result, type Timers } from '@dialtone/foundation'
import { WebSocketServer } from 'ws'
import type { ConnectionLimits } from './connection-limits.ts'
import type { ConnectionTable } from './connection-table.ts'
import { type ListenFailure, toListenFailure } from './listen-failure.ts'
import { countedAs, unmappedAddress } from './numeric-address.ts'
import type { RemoteAddress, TransportName } from './remote-address.ts'
import { WebSocketConnection } from './web-socket-connection.ts'

export interface WebSocketTransportOptions {
  readonly host: string
  /** undefined: no listener of our own, only what `accept` is given. */
  readonly port: number | undefined
  readonly reusePort: boolean
  readonly connections: ConnectionTable
  readonly limits: ConnectionLimits
  readonly clock: Clock
  readonly timers: Timers
  readonly logger: Logger
  readonly onMessage: (bytes: Buffer, source: RemoteAddress) => void
  readonly onConnectionClosed: (connectionId: string, reason: string) => void
}

/** Connections of our own port that are no WebSocket yet, beside those that are. */
const MOST_HANDSHAKES = 1_000
/**
 * Pieces a message may come in, as fragments (RFC 6455 5.4) and as parts of one: each is kept with an object of its own, which is twenty times what
 * a byte is that came alone. Of the usual length, 64 kB are 50 of them.
 */
const MOST_PIECES = 1_024
/** RFC 7118 4.1. */
const SUBPROTOCOL = 'sip'

/** SIP over WebSocket (RFC 7118), at the server's end: on a port of its own, or on somebody's HTTP server. */
export class WebSocketTransport {
  readonly #options: WebSocketTransportOptions
  readonly #handshakes: WebSocketServer
  readonly #server: Server
  /** Connections of our own port that are no WebSocket yet, with their addresses. */
  readonly #knocking = new Map<Duplex, string>()
  readonly #knocks = new Map<string, number>()

  private constructor(options: WebSocketTransportOptions) {
    this.#options = options
    this.#handshakes = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: options.limits.maxMessageBytes,
      maxFragments: MOST_PIECES,
      maxBufferedChunks: MOST_PIECES,
      // SIP is short, and a compressor costs each connection more than everything else together.
      perMessageDeflate: false,
      handleProtocols: (protocols) => (protocols.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    })
    const { handshakeTimeoutMs, maxConnections } = options.limits
    const timeouts = { headersTimeout: handshakeTimeoutMs, requestTimeout: handshakeTimeoutMs, connectionsCheckingInterval: handshakeTimeoutMs }
    this.#server = createServer(timeouts, (_request, response) => {
      // RFC 9110 15.5.22.
      response.writeHead(426, { Upgrade: 'websocket', Connection: 'close' }).end()
    })
    this.#server.maxConnections = maxConnections + MOST_HANDSHAKES
    this.#server.on('connection', (socket) => this.#knock(socket))
    this.#server.on('upgrade', (request, socket, head) => {
      this.#forget(socket)
      this.accept(request, socket, head)
    })
  }

  static open(options: WebSocketTransportOptions): Promise<Result<WebSocketTransport, ListenFailure>> {
    const transport = new WebSocketTransport(options)
    const { host, port, reusePort, logger } = options
    const server = transport.#server
    if (port === undefined) return Promise.resolve(ok(transport))
    return new Promise((resolve) => {
      server.once('error', (error) => resolve(err(toListenFailure(error, `WebSocket ${host}:${port}`))))
      server.listen({ port, host, reusePort }, () => {
        server.removeAllListeners('error')
        server.on('error', (error) => logger.warn('WebSocket listener error', { reason: error.message }))
        resolve(ok(transport))
      })
    })
  }

  /** 0: nothing of ours listens. */
  get port(): number {
    const address = this.#server.address()
    return address === null || typeof address === 'string' ? 0 : address.port
  }

  /** Who only knocks, and does so again and again, shall not have all the places either. */
  #knock(socket: Socket): void {
    const address = countedAs(unmappedAddress(socket.remoteAddress ?? ''))
    const knocks = this.#knocks.get(address) ?? 0
    if (knocks >= this.#options.limits.maxConnectionsPerSource) {
      this.#options.logger.warn('SIP connection refused', { remote: address, connections: this.#options.connections.size })
      socket.destroy()
      return
    }
    this.#knocks.set(address, knocks + 1)
    this.#knocking.set(socket, address)
    socket.once('close', () => this.#forget(socket))
  }

  #forget(socket: Duplex): void {
    const address = this.#knocking.get(socket)
    if (address === undefined) return
    this.#knocking.delete(socket)
    const left = (this.#knocks.get(address) ?? 1) - 1
    if (left === 0) this.#knocks.delete(address)
    else this.#knocks.set(address, left)
  }

  /** Takes the socket of an HTTP upgrade, and answers it in any case. Never throws. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy())
    const { remoteAddress, remotePort } = request.socket
    const { connections, logger } = this.#options
    if (remoteAddress === undefined || remotePort === undefined) socket.destroy()
    else if (!offersSip(request)) refuse(socket, '400 Bad Request', 'The subprotocol is sip (RFC 7118).')
    else if (!connections.admits(unmappedAddress(remoteAddress))) {
      logger.warn('SIP connection refused', { remote: remoteAddress, connections: connections.size })
      refuse(socket, '503 Service Unavailable', 'Too many connections.')
    } else {
      const transport = isEncrypted(request) ? 'wss' : 'ws'
      this.#handshakes.handleUpgrade(request, socket, head, (webSocket) => {
        const id = connections.newId(transport)
        const remote = remoteOf(transport, remoteAddress, remotePort, id)
        const { limits, timers, onMessage, onConnectionClosed } = this.#options
        const connection = new WebSocketConnection({
          id,
          webSocket,
          socket,
          remote,
          limits,
          timers,
          logger,
          onMessage: (bytes, source) => {
            connections.noteMessage(connection)
            onMessage(bytes, source)
          },
          onClosed: (closed, reason) => {
            connections.remove(closed)
            onConnectionClosed(id, reason)
          },
        })
        connections.add(connection, true)
      })
    }
  }

  /** Stops listening; the connections are the table's. */
  async close(): Promise<void> {
    this.#handshakes.close()
    if (!this.#server.listening) return
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
    })
  }
}

function remoteOf(transport: TransportName, address: string, port: number, connectionId: string): RemoteAddress {
  return { transport, address: unmappedAddress(address), port, connectionId }
}

/** RFC 7118 4.2: without the subprotocol this is somebody else's WebSocket. */
function offersSip(request: IncomingMessage): boolean {
  const offered = request.headers['sec-websocket-protocol'] ?? ''
  return offered.split(',').some((name) => name.trim() === SUBPROTOCOL)
}

function isEncrypted(request: IncomingMessage): boolean {
  return 'encrypted' in request.socket && request.socket.encrypted === true
}

function refuse(socket: Duplex, status: string, text: string): void {
  const head = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(text)}\r\n`
  socket.once('finish', () => socket.destroy())
  socket.end(`${head}\r\n${text}`)
}

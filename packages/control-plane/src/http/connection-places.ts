import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import type { Socket } from 'node:net'
import { type Logger, sourceOf, type Timers } from '@dialtone/foundation'

export interface ConnectionLimits {
  /** Connections of all listeners of the API together. */
  readonly maxConnections: number
  /** Of them from one address, or one /64 of IPv6. It may be a proxy with everybody behind it; 0: as many as there are. */
  readonly maxConnectionsPerAddress: number
}

export const DEFAULT_CONNECTION_LIMITS: ConnectionLimits = { maxConnections: 4_000, maxConnectionsPerAddress: 1_000 }

interface Connection {
  readonly socket: Socket
  readonly source: string
  requests: number
}

/** One line a second says enough when somebody opens thousands. */
const LOG_EVERY_MS = 1_000
/** For requests that are under way when the server stops. */
const LAST_REQUESTS_MS = 10_000

/**
 * The places for connections at the ports of the API. Each takes a descriptor of the process, from which calls, the database and webhooks
 * take theirs: without a limit whoever opens connections and says nothing stops those. When all places are taken, the connection that has
 * waited longest for a request gives up its own (RFC 9112 section 9.5 lets it), so that silence keeps nobody out; only when each of
 * them has a request under way, which a deadline ends, the next one is refused.
 */
export class ConnectionPlaces {
  readonly #limits: ConnectionLimits
  readonly #logger: Logger
  readonly #kept = new Set<Connection>()
  readonly #perSource = new Map<string, number>()
  /** Without a request under way, the longest first. */
  readonly #waiting = new Set<Connection>()
  readonly #bySocket = new WeakMap<object, Connection>()
  #refused = 0
  #isClosing = false
  #saidAtMs = Number.NEGATIVE_INFINITY

  constructor(limits: ConnectionLimits, logger: Logger) {
    this.#limits = limits
    this.#logger = logger
  }

  get size(): number {
    return this.#kept.size
  }

  /** Connections that found no place since the start. */
  get refused(): number {
    return this.#refused
  }

  /** Counts what comes to a listener from now on. */
  guard(server: Server | SecureServer): void {
    const byPeer = new Map<string, Connection>()
    server.prependListener('connection', (socket: Socket) => {
      const connection = this.#admit(socket)
      if (connection === undefined) return
      const peer = peerOf(socket)
      byPeer.set(peer, connection)
      socket.once('close', () => {
        if (byPeer.get(peer) === connection) byPeer.delete(peer)
        this.#forget(connection)
      })
    })
    // Over TLS requests come by another object than connections do; both know the peer.
    server.prependListener('secureConnection', (secured: Socket) => {
      const connection = byPeer.get(peerOf(secured))
      if (connection !== undefined) this.#bySocket.set(secured, connection)
    })
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      const connection = this.#bySocket.get(request.socket)
      if (connection === undefined) return
      connection.requests++
      this.#waiting.delete(connection)
      response.once('close', () => this.#answered(connection))
    })
  }

  /** It is no connection of the API any more: a WebSocket is counted with those of SIP. */
  release(socket: object): void {
    const connection = this.#bySocket.get(socket)
    if (connection !== undefined) this.#forget(connection)
  }

  /**
   * Ends what would keep a listener open that takes no more: who waits, also one that never said a word, at once; who has a request under
   * way within a time. Node.js looks at no deadline any more once a server closes, and calls only those idle that had a request before.
   */
  close(timers: Pick<Timers, 'start'>): void {
    this.#isClosing = true
    for (const { socket } of [...this.#waiting]) socket.destroy()
    timers.start(LAST_REQUESTS_MS, () => {
      for (const { socket } of [...this.#kept]) socket.destroy()
    })
  }

  #admit(socket: Socket): Connection | undefined {
    const source = sourceOf(socket.remoteAddress ?? '')
    if (!this.#makeRoom(source)) {
      this.#refused++
      this.#say('a connection to the API was refused: all places are taken', source)
      // Once the server has taken it over: it does not expect one that is closed already.
      process.nextTick(() => socket.destroy())
      return undefined
    }
    const connection: Connection = { socket, source, requests: 0 }
    this.#kept.add(connection)
    this.#waiting.add(connection)
    this.#perSource.set(source, (this.#perSource.get(source) ?? 0) + 1)
    this.#bySocket.set(socket, connection)
    return connection
  }

  /** @returns whether there is a place now */
  #makeRoom(source: string): boolean {
    const { maxConnections, maxConnectionsPerAddress } = this.#limits
    if (maxConnectionsPerAddress > 0 && (this.#perSource.get(source) ?? 0) >= maxConnectionsPerAddress) return this.#closeLongestWaiting(source)
    return this.#kept.size < maxConnections || this.#closeLongestWaiting()
  }

  /** @param source only one of these */
  #closeLongestWaiting(source?: string): boolean {
    for (const connection of this.#waiting) {
      if (source !== undefined && connection.source !== source) continue
      this.#say('a connection to the API that waited for its next request was closed for another one: all places are taken', connection.source)
      this.#forget(connection)
      connection.socket.destroy()
      return true
    }
    return false
  }

  #answered(connection: Connection): void {
    connection.requests--
    if (connection.requests > 0 || !this.#kept.has(connection)) return
    this.#waiting.add(connection)
    if (this.#isClosing) connection.socket.destroy()
  }

  #forget(connection: Connection): void {
    if (!this.#kept.delete(connection)) return
    this.#waiting.delete(connection)
    const left = (this.#perSource.get(connection.source) ?? 1) - 1
    if (left === 0) this.#perSource.delete(connection.source)
    else this.#perSource.set(connection.source, left)
  }

  #say(message: string, address: string): void {
    if (performance.now() - this.#saidAtMs < LOG_EVERY_MS) return
    this.#saidAtMs = performance.now()
    this.#logger.warn(message, { address, connections: this.#kept.size })
  }
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}

import type { Socket } from 'node:net'
import type { Logger, Timer, Timers } from '@dialtone/foundation'
import { StreamFramer } from '../message/index.ts'
import type { RemoteAddress } from './remote-address.ts'

export interface TcpLimits {
  readonly maxMessageBytes: number
  readonly maxConnections: number
  /** A connection on which nothing has been read or written for so long is closed; longer than a registration lives. */
  readonly idleTimeoutMs: number
  /** A connection must bring its first whole message, and finish each one begun, in this time (RFC 4475 3.1.2.2). */
  readonly messageTimeoutMs: number
  /** A peer that does not take our connection in this time is not there: the next one can be tried. */
  readonly connectTimeoutMs: number
  /** A peer that does not read loses its connection when so much waits for it. */
  readonly maxWriteBufferBytes: number
}

export const DEFAULT_TCP_LIMITS: TcpLimits = {
  maxMessageBytes: 65_535,
  maxConnections: 10_000,
  idleTimeoutMs: 3_900_000,
  messageTimeoutMs: 32_000,
  connectTimeoutMs: 5_000,
  maxWriteBufferBytes: 1024 * 1024,
}

export interface TcpConnectionOptions {
  readonly id: string
  readonly socket: Socket
  readonly remote: RemoteAddress
  readonly incoming: boolean
  readonly limits: TcpLimits
  readonly timers: Timers
  readonly nowMs: () => number
  readonly logger: Logger
  readonly onMessage: (bytes: Buffer, source: RemoteAddress) => void
  readonly onClosed: (connection: TcpConnection) => void
}

const PONG = Buffer.from('\r\n')

/** One open stream: frames what arrives, limits what waits, closes itself when idle. */
export class TcpConnection {
  readonly id: string
  /** With `connectionId`, so that answers find the way back. */
  readonly remote: RemoteAddress
  /** Kept by the table of connections. */
  readonly aliases = new Set<string>()
  readonly #options: TcpConnectionOptions
  readonly #framer: StreamFramer
  #lastActivityMs: number
  /** Until when the connection must stand, or the message being read must be whole; undefined: nothing is waited for. */
  #deadlineMs: number | undefined
  #timer: Timer | undefined
  #closed = false

  constructor(options: TcpConnectionOptions) {
    this.id = options.id
    this.remote = options.remote
    this.#options = options
    this.#framer = new StreamFramer({ maxMessageBytes: options.limits.maxMessageBytes })
    this.#lastActivityMs = options.nowMs()
    const { socket, limits, incoming } = options
    this.#deadlineMs = this.#lastActivityMs + (incoming ? limits.messageTimeoutMs : limits.connectTimeoutMs)
    socket.once('connect', () => {
      this.#deadlineMs = undefined
    })
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 60_000)
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('error', (error) => this.close(error.message))
    socket.on('close', () => this.close('closed by the peer'))
    this.#watch()
  }

  get closed(): boolean {
    return this.#closed
  }

  /** @param onFailed called when the bytes will not reach the peer's TCP */
  send(bytes: Buffer, onFailed?: (reason: string) => void): void {
    const { socket, limits } = this.#options
    if (this.#closed) {
      onFailed?.('the connection is closed')
      return
    }
    if (socket.writableLength + bytes.length > limits.maxWriteBufferBytes) {
      onFailed?.('the peer does not read')
      this.close('the peer does not read')
      return
    }
    this.#lastActivityMs = this.#options.nowMs()
    if (onFailed === undefined) socket.write(bytes)
    else {
      socket.write(bytes, (error) => {
        if (error !== null && error !== undefined) onFailed(error.message)
      })
    }
  }

  close(reason: string): void {
    if (this.#closed) return
    this.#closed = true
    this.#timer?.cancel()
    this.#options.logger.debug('SIP connection closed', { remote: `${this.remote.address}:${this.remote.port}`, reason })
    this.#options.socket.destroy()
    this.#options.onClosed(this)
  }

  #receive(chunk: Buffer): void {
    if (this.#closed) return
    const nowMs = this.#options.nowMs()
    this.#lastActivityMs = nowMs
    if (!isKeepAlive(chunk)) this.#deadlineMs ??= nowMs + this.#options.limits.messageTimeoutMs
    for (const frame of this.#framer.push(chunk)) {
      this.#deadlineMs = undefined
      // RFC 5626 4.4.1: two CRLF are a ping, one is the pong.
      if (frame === 'ping') this.send(PONG)
      else this.#options.onMessage(frame, this.remote)
      if (this.#closed) return
    }
    if (this.#framer.failure !== undefined) this.close(this.#framer.failure)
    else if (this.#deadlineMs !== undefined) this.#watch()
  }

  /** Looks again when the earlier of the two limits may be reached. */
  #watch(): void {
    this.#timer?.cancel()
    if (this.#closed) return
    const { limits, timers, nowMs } = this.#options
    const idleAtMs = this.#lastActivityMs + limits.idleTimeoutMs
    const dueMs = Math.min(idleAtMs, this.#deadlineMs ?? idleAtMs)
    const delayMs = dueMs - nowMs()
    if (delayMs <= 0) this.close(this.#deadlineMs === undefined ? 'idle' : 'no connection or no whole message in time')
    else this.#timer = timers.start(delayMs, () => this.#watch())
  }
}

/** Line ends between messages (RFC 3261 7.5, RFC 5626 4.4.1): they begin no message. */
function isKeepAlive(chunk: Buffer): boolean {
  return chunk.length <= 4 && chunk.every((byte) => byte === 13 || byte === 10)
}

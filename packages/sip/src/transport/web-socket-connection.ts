import { isUtf8 } from 'node:buffer'
import type { Duplex } from 'node:stream'
import type { Logger, Timer, Timers } from '@dialtone/foundation'
import type { WebSocket } from 'ws'
import type { Connection } from './connection.ts'
import type { ConnectionLimits } from './connection-limits.ts'
import type { RemoteAddress } from './remote-address.ts'

export interface WebSocketConnectionOptions {
  readonly id: string
  readonly webSocket: WebSocket
  /** What carries it. */
  readonly socket: Duplex
  readonly remote: RemoteAddress
  readonly limits: ConnectionLimits
  readonly timers: Timers
  readonly logger: Logger
  readonly onMessage: (bytes: Buffer, source: RemoteAddress) => void
  readonly onClosed: (connection: Connection, reason: string) => void
}

/** RFC 7118 6: the peer is asked so often whether it is still there, which also keeps NATs and reverse proxies from forgetting it. */
const PING_INTERVAL_MS = 30_000
const PING = Buffer.from('\r\n\r\n')
const PONG = Buffer.from('\r\n')
/** RFC 6455 5.2: the head and mask of a client's ping or pong. */
const CONTROL_FRAME_BYTES = 6
/** RFC 6455 7.4.1. */
const GOING_AWAY = 1001

/** One WebSocket: a message of it is a message of SIP (RFC 7118 5). */
export class WebSocketConnection implements Connection {
  readonly id: string
  readonly remote: RemoteAddress
  readonly aliases = new Set<string>()
  readonly mayAlias = false
  readonly #options: WebSocketConnectionOptions
  #timer: Timer
  /** Something came since the last question. */
  #isAlive = true
  #hasSpoken = false
  /** Come since the last whole message, but for pings and pongs: a part of the next one. */
  #partBytes = 0
  /** There was a part already when the peer was asked last. */
  #isSlow = false
  #closed = false

  constructor(options: WebSocketConnectionOptions) {
    this.id = options.id
    this.remote = options.remote
    this.#options = options
    const { webSocket, socket, timers, limits } = options
    webSocket.on('message', (data) => this.#receive(data))
    webSocket.on('pong', (data: Buffer) => this.#noteLife(data))
    webSocket.on('ping', (data: Buffer) => this.#onPing(data))
    // Before ws reads it, so that a message sets back what it counted.
    socket.prependListener('data', (chunk: Buffer) => {
      this.#partBytes += chunk.length
    })
    webSocket.on('error', (error) => this.close(error.message))
    webSocket.on('close', () => this.close('closed by the peer'))
    // Who opens a WebSocket and says nothing takes the place of somebody else.
    this.#timer = timers.start(limits.messageTimeoutMs, () => {
      if (this.#hasSpoken) this.#ask()
      else this.close('no message in time')
    })
  }

  /** It stood before it came to us. */
  whenReady(_withinMs: number, onOutcome: (isReady: boolean) => void): void {
    onOutcome(!this.#closed)
  }

  send(bytes: Buffer, onFailed?: (reason: string) => void): void {
    const { webSocket, limits } = this.#options
    if (this.#closed || webSocket.readyState !== webSocket.OPEN) {
      onFailed?.('the connection is closed')
      return
    }
    if (webSocket.bufferedAmount + bytes.length > limits.maxWriteBufferBytes) {
      onFailed?.('the peer does not read')
      this.close('the peer does not read')
      return
    }
    // RFC 7118 5: text where it is text, which is what scripts in browsers like; RFC 6455 5.6 wants text to be UTF-8.
    webSocket.send(bytes, { binary: !isUtf8(bytes) }, (error) => {
      if (error !== undefined && error !== null) onFailed?.(error.message)
    })
  }

  close(reason: string): void {
    if (this.#closed) return
    this.#closed = true
    this.#timer.cancel()
    const { webSocket, logger, onClosed } = this.#options
    logger.debug('SIP connection closed', { remote: `${this.remote.address}:${this.remote.port}`, reason })
    if (webSocket.readyState === webSocket.OPEN && webSocket.bufferedAmount === 0) webSocket.close(GOING_AWAY)
    // No waiting for the answer to our close: what is dead or malicious does not give one.
    webSocket.terminate()
    onClosed(this, reason)
  }

  #receive(data: Buffer | ArrayBuffer | Buffer[]): void {
    // A message may be a window into a buffer of the socket, which lives as long as anybody looks through it.
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data instanceof ArrayBuffer ? new Uint8Array(data) : data)
    if (this.#closed) return
    this.#isAlive = true
    this.#partBytes = 0
    this.#isSlow = false
    // RFC 7118 6: the CRLF keep-alive of RFC 5626 4.4.1 is usable here too.
    if (bytes.length === 4 && bytes.equals(PING)) this.send(PONG)
    else if (bytes.length > 4) {
      this.#hasSpoken = true
      this.#options.onMessage(bytes, this.remote)
    }
  }

  /** ws has answered it (RFC 6455 5.5.2). A peer that pings and does not read would have us keep every pong. */
  #onPing(data: Buffer): void {
    const { webSocket, limits } = this.#options
    if (webSocket.bufferedAmount > limits.maxWriteBufferBytes) this.close('the peer does not read')
    else this.#noteLife(data)
  }

  #noteLife(data: Buffer): void {
    this.#isAlive = true
    this.#partBytes -= CONTROL_FRAME_BYTES + data.length
  }

  #ask(): void {
    if (this.#closed) return
    if (!this.#isAlive) {
      this.close('no answer to a ping')
      return
    }
    // Fragments that never become a message would be kept for ever.
    if (this.#partBytes > 0 && this.#isSlow) {
      this.close('no whole message in time')
      return
    }
    this.#isSlow = this.#partBytes > 0
    this.#isAlive = false
    this.#options.webSocket.ping()
    this.#timer = this.#options.timers.start(PING_INTERVAL_MS, () => this.#ask())
  }
}

import type { Socket } from 'node:net'
import type { Logger, Timer, Timers } from '@dialtone/foundation'
import { StreamFramer, type StreamRejection } from '../message/index.ts'
import { answerRejection } from './answer-rejection.ts'
import type { Connection } from './connection.ts'
import type { ConnectionLimits } from './connection-limits.ts'
import type { RemoteAddress } from './remote-address.ts'

export interface StreamConnectionOptions {
  readonly id: string
  readonly socket: Socket
  readonly remote: RemoteAddress
  readonly incoming: boolean
  /** The event that says the connection stands; undefined: it does already. Of TLS it is the end of the handshake. */
  readonly readyEvent: 'connect' | 'secureConnect' | 'secure' | undefined
  /** See `Connection.mayAlias`. */
  readonly mayAlias: () => boolean
  /** Asked once the connection stands: see `RemoteAddress.certificateNames`. */
  readonly provenNames: () => readonly string[] | undefined
  readonly limits: ConnectionLimits
  readonly timers: Timers
  readonly nowMs: () => number
  readonly logger: Logger
  readonly onMessage: (bytes: Buffer, source: RemoteAddress) => void
  readonly onClosed: (connection: Connection, reason: string) => void
}

const PONG = Buffer.from('\r\n')

/** One open stream: frames what arrives, limits what waits, closes itself when idle. */
export class StreamConnection implements Connection {
  readonly id: string
  remote: RemoteAddress
  readonly aliases = new Set<string>()
  readonly #options: StreamConnectionOptions
  readonly #framer: StreamFramer
  #lastActivityMs: number
  /** Until when the connection must stand, or the message being read must be whole; undefined: nothing is waited for. */
  #deadlineMs: number | undefined
  #timer: Timer | undefined
  #waiting: ((isReady: boolean) => void)[] = []
  #ready: boolean
  #closed = false

  constructor(options: StreamConnectionOptions) {
    this.id = options.id
    this.remote = options.remote
    this.#options = options
    this.#framer = new StreamFramer({ maxMessageBytes: options.limits.maxMessageBytes })
    this.#lastActivityMs = options.nowMs()
    const { socket, readyEvent } = options
    this.#ready = readyEvent === undefined
    this.#deadlineMs = this.#lastActivityMs + firstDeadlineMs(options)
    if (readyEvent !== undefined) socket.once(readyEvent, () => this.#becomeReady())
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('error', (error) => this.close(error.message))
    socket.on('close', () => this.close('closed by the peer'))
    this.#watch()
  }

  get mayAlias(): boolean {
    return this.#options.mayAlias()
  }

  whenReady(withinMs: number, onOutcome: (isReady: boolean) => void): void {
    if (this.#ready || this.#closed) {
      onOutcome(!this.#closed)
      return
    }
    const tell = (isReady: boolean): void => {
      timer.cancel()
      this.#waiting = this.#waiting.filter((other) => other !== tell)
      onOutcome(isReady)
    }
    const timer = this.#options.timers.start(withinMs, () => tell(false))
    this.#waiting.push(tell)
  }

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
    // What the kernel has taken goes out; a peer that does not read is not waited for.
    this.#options.socket.destroy()
    for (const tell of this.#waiting) tell(false)
    this.#options.onClosed(this, reason)
  }

  #becomeReady(): void {
    this.#ready = true
    const names = this.#options.provenNames()
    if (names !== undefined) this.remote = { ...this.remote, certificateNames: names }
    const { incoming, limits, nowMs } = this.#options
    this.#deadlineMs = incoming ? nowMs() + limits.messageTimeoutMs : undefined
    for (const tell of this.#waiting) tell(true)
  }

  #receive(chunk: Buffer): void {
    if (this.#closed) return
    const nowMs = this.#options.nowMs()
    this.#lastActivityMs = nowMs
    for (const frame of this.#framer.push(chunk)) {
      // RFC 5626 4.4.1: two CRLF are a ping, one is the pong.
      if (frame === 'ping') this.send(PONG)
      else {
        this.#deadlineMs = undefined
        this.#options.onMessage(frame, this.remote)
      }
      if (this.#closed) return
    }
    if (this.#framer.rejection !== undefined) this.#reject(this.#framer.rejection)
    // Each message has its own time, however its pieces come.
    else if (this.#framer.isWithinMessage && this.#deadlineMs === undefined) {
      this.#deadlineMs = nowMs + this.#options.limits.messageTimeoutMs
      this.#watch()
    }
  }

  /** RFC 3261 18.3: where the next message begins is not known any more. Said, as far as there is somebody to say it to. */
  #reject(rejection: StreamRejection): void {
    const answer = answerRejection(rejection)
    if (answer !== undefined) this.send(answer)
    this.close(rejection.reason)
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

/** How long the connection may take to stand, or when it does, to bring its first message. */
function firstDeadlineMs({ incoming, readyEvent, limits }: StreamConnectionOptions): number {
  if (!incoming) return limits.connectTimeoutMs
  return readyEvent === undefined ? limits.messageTimeoutMs : limits.handshakeTimeoutMs
}

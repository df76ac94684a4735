import type { FaxEndReason } from './fax-end-reason.ts'
import { FaxEar } from './fax-ear.ts'
import { FaxVoice } from './fax-voice.ts'
import type { FaxPage } from './page-reader.ts'
import { T30Receiver } from './t30-receiver.ts'
import { UdptlStream } from './udptl-stream.ts'

/** Where the tone was heard before, the first words follow it by a moment. */
const ANNOUNCED_MS = 100
/** T.30 4.3.1: 2.6 to 4 s, where it was not heard as sound before. */
const CED_MS = 2_600
/** A goodbye is on its way still. */
const FAREWELL_MS = 200

export interface FaxTerminalOptions {
  /** The number it calls itself by: digits and +. */
  readonly ident: string
  /** The sender has heard a called terminal's tone already. */
  readonly isAnnounced: boolean
  readonly hasCorrection: boolean
  /** What the sender takes (T38FaxMaxDatagram). */
  readonly maxDatagramBytes: number
  readonly maxPages: number
  readonly maxBytes: number
  readonly maxDurationMs: number
  readonly send: (datagram: Uint8Array) => void
  /** A page is kept: `pageKept` is told, and then the sender. */
  readonly onPage: (page: FaxPage) => void
  /** Once, and after the last page. */
  readonly onEnd: (end: FaxEnd) => void
}

/** How a fax ended, and what is known of it. */
export interface FaxEnd {
  readonly reason: FaxEndReason
  readonly remoteIdent: string
  /** undefined: no sender ever said. */
  readonly bitRate: number | undefined
  readonly hasCorrection: boolean
}

/** A fax machine that receives, at the end of a T.38 stream. Its time and its datagrams come from outside. */
export class FaxTerminal {
  readonly #options: FaxTerminalOptions
  readonly #voice: FaxVoice
  readonly #ear: FaxEar
  readonly #receiver: T30Receiver
  #startedMs = 0
  #beginsMs = Infinity
  #pages = 0
  #bytes = 0
  #endsMs = Infinity
  #end: FaxEndReason | undefined

  constructor(options: FaxTerminalOptions) {
    this.#options = options
    const stream = new UdptlStream(options.maxDatagramBytes)
    this.#voice = new FaxVoice(stream, options.maxDatagramBytes, options.send)
    this.#receiver = new T30Receiver(
      {
        say: (frames, nowMs) => this.#voice.say([{ kind: 'frames', frames }], nowMs),
        page: (page) => this.#takePage(page),
        over: (reason) => {
          this.#end ??= reason
        },
      },
      options,
    )
    this.#ear = new FaxEar(stream, this.#receiver, () => this.#end !== undefined)
  }

  start(nowMs: number): void {
    this.#startedMs = nowMs
    this.#voice.indicate(this.#options.isAnnounced ? 'no-signal' : 'ced', nowMs)
    this.#beginsMs = nowMs + (this.#options.isAnnounced ? ANNOUNCED_MS : CED_MS)
    this.tick(nowMs)
  }

  /** Called every few milliseconds. */
  tick(nowMs: number): void {
    if (this.#endsMs === -Infinity) return
    if (nowMs >= this.#beginsMs) {
      this.#beginsMs = Infinity
      this.#receiver.start(nowMs)
    }
    if (nowMs - this.#startedMs >= this.#options.maxDurationMs) this.#receiver.end('TooLong', nowMs)
    this.#receiver.tick(nowMs)
    this.#voice.tick(nowMs)
    this.#maybeEnd(nowMs)
  }

  /** A datagram of the sender. @returns false when it is none of UDPTL */
  receive(datagram: Uint8Array, nowMs: number): boolean {
    if (!this.#ear.receive(datagram, nowMs)) return false
    this.#maybeEnd(nowMs)
    return true
  }

  /** Whether the last page will be there whatever happens. */
  pageKept(isKept: boolean, nowMs: number): void {
    const { maxPages, maxBytes } = this.#options
    this.#receiver.pageKept(isKept, nowMs)
    if (this.#pages >= maxPages) this.#receiver.end('TooManyPages', nowMs)
    else if (this.#bytes >= maxBytes) this.#receiver.end('TooLarge', nowMs)
    this.#maybeEnd(nowMs)
  }

  /** The call is over. */
  stop(nowMs: number): void {
    this.#receiver.end('CallEnded', nowMs)
    this.#endsMs = Math.min(this.#endsMs, nowMs)
    this.#maybeEnd(nowMs)
  }

  #takePage(page: FaxPage): void {
    this.#pages++
    this.#bytes += page.data.length
    this.#options.onPage(page)
  }

  /** What was still to be said is said first. */
  #maybeEnd(nowMs: number): void {
    if (this.#end === undefined || this.#endsMs === -Infinity) return
    if (this.#endsMs === Infinity) {
      this.#receiver.end(this.#end, nowMs)
      this.#endsMs = (this.#voice.endsMs ?? nowMs - FAREWELL_MS) + FAREWELL_MS
    }
    if (nowMs < this.#endsMs) return
    this.#endsMs = -Infinity
    const { command, remoteIdent } = this.#receiver
    this.#options.onEnd({ reason: this.#end, remoteIdent, bitRate: command?.bitRate, hasCorrection: command?.hasCorrection ?? false })
  }
}

import type { FaxEndReason } from './fax-end-reason.ts'
import type { FaxLine } from './fax-line.ts'
import type { FaxPage } from './page-reader.ts'
import { T30Receiver } from './t30-receiver.ts'

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
  readonly maxPages: number
  readonly maxBytes: number
  readonly maxDurationMs: number
  readonly line: FaxLine
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
  /** It came, or went, in the sound of the call; else by T.38. */
  readonly isSound: boolean
}

/** A fax machine that receives. Its time, and what its line carries, come from outside. */
export class FaxTerminal {
  readonly #options: FaxTerminalOptions
  readonly #receiver: T30Receiver
  #startedMs = 0
  #beginsMs = Infinity
  #pages = 0
  #bytes = 0
  #endsMs = Infinity
  #end: FaxEndReason | undefined

  constructor(options: FaxTerminalOptions) {
    this.#options = options
    const { line, ident, hasCorrection } = options
    this.#receiver = new T30Receiver(
      {
        say: (frames, nowMs) => line.say([{ kind: 'frames', frames }], nowMs),
        page: (page) => this.#takePage(page),
        over: (reason) => {
          this.#end ??= reason
        },
      },
      { ident, hasCorrection, isSound: line.isSound },
    )
    line.listen(this.#receiver, () => this.#end !== undefined)
  }

  start(nowMs: number): void {
    this.#startedMs = nowMs
    this.#options.line.call(this.#options.isAnnounced ? 'none' : 'ced', nowMs)
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
    this.#options.line.tick(nowMs)
    this.#maybeEnd(nowMs)
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
      this.#endsMs = (this.#options.line.endsMs ?? nowMs - FAREWELL_MS) + FAREWELL_MS
    }
    if (nowMs < this.#endsMs) return
    this.#endsMs = -Infinity
    const { command, remoteIdent } = this.#receiver
    this.#options.onEnd({
      reason: this.#end,
      remoteIdent,
      bitRate: command?.bitRate,
      hasCorrection: command?.hasCorrection ?? false,
      isSound: this.#options.line.isSound,
    })
  }
}

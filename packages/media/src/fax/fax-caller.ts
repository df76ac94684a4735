import type { FaxEndReason } from './fax-end-reason.ts'
import type { FaxLine } from './fax-line.ts'
import type { FaxEnd } from './fax-terminal.ts'
import type { FaxPage } from './page-reader.ts'
import { T30Sender } from './t30-sender.ts'

/** From one CNG to the next (ITU-T T.30 section 4.2). */
const CNG_EVERY_MS = 3_500
/** A goodbye is on its way still. */
const FAREWELL_MS = 200

export interface FaxCallerOptions {
  /** The number it calls itself by: digits and +. */
  readonly ident: string
  readonly pages: readonly FaxPage[]
  readonly hasCorrection: boolean
  readonly maxDurationMs: number
  readonly line: FaxLine
  /** The receiver has confirmed the next page. */
  readonly onPageSent: () => void
  /** Once, and after the last page. */
  readonly onEnd: (end: FaxEnd) => void
}

/** A fax machine that sends. Its time, and what its line carries, come from outside. */
export class FaxCaller {
  readonly #options: FaxCallerOptions
  readonly #sender: T30Sender
  #startedMs = 0
  #nextToneMs = Infinity
  #endsMs = Infinity
  #end: FaxEndReason | undefined

  constructor(options: FaxCallerOptions) {
    this.#options = options
    const { line, ident, pages, hasCorrection } = options
    this.#sender = new T30Sender(
      {
        say: (signals, nowMs) => {
          this.#nextToneMs = Infinity
          return line.say(signals, nowMs)
        },
        pageSent: () => options.onPageSent(),
        over: (reason) => {
          this.#end ??= reason
        },
      },
      { ident, pages, hasCorrection, isSound: line.isSound, maxBitRate: line.maxBitRate },
    )
    line.listen(this.#sender, () => this.#end !== undefined)
  }

  start(nowMs: number): void {
    this.#startedMs = nowMs
    this.#nextToneMs = nowMs
    this.#sender.start(nowMs)
    this.tick(nowMs)
  }

  /** Called every few milliseconds. */
  tick(nowMs: number): void {
    if (this.#endsMs === -Infinity) return
    if (nowMs >= this.#nextToneMs) {
      this.#nextToneMs = nowMs + CNG_EVERY_MS
      this.#options.line.call('cng', nowMs)
    }
    if (nowMs - this.#startedMs >= this.#options.maxDurationMs) this.#sender.end('TooLong', nowMs)
    this.#sender.tick(nowMs)
    this.#options.line.tick(nowMs)
    this.#maybeEnd(nowMs)
  }

  /** The call is over. */
  stop(nowMs: number): void {
    this.#sender.end('CallEnded', nowMs)
    this.#endsMs = Math.min(this.#endsMs, nowMs)
    this.#maybeEnd(nowMs)
  }

  /** What was still to be said is said first. */
  #maybeEnd(nowMs: number): void {
    if (this.#end === undefined || this.#endsMs === -Infinity) return
    if (this.#endsMs === Infinity) this.#endsMs = (this.#options.line.endsMs ?? nowMs - FAREWELL_MS) + FAREWELL_MS
    if (nowMs < this.#endsMs) return
    this.#endsMs = -Infinity
    const { bitRate, remoteIdent, hasCorrection } = this.#sender
    this.#options.onEnd({ reason: this.#end, remoteIdent, bitRate, hasCorrection, isSound: this.#options.line.isSound })
  }
}

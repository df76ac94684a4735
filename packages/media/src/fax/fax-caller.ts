import { FaxEar } from './fax-ear.ts'
import type { FaxEndReason } from './fax-end-reason.ts'
import type { FaxEnd } from './fax-terminal.ts'
import { FaxVoice } from './fax-voice.ts'
import type { FaxPage } from './page-reader.ts'
import { T30Sender } from './t30-sender.ts'
import { UdptlStream } from './udptl-stream.ts'

/** CNG: half a second in every three and a half, until somebody says what he is (ITU-T T.30 section 4.2). */
const [CNG_MS, CNG_EVERY_MS] = [500, 3_500]
/** A goodbye is on its way still. */
const FAREWELL_MS = 200

export interface FaxCallerOptions {
  /** The number it calls itself by: digits and +. */
  readonly ident: string
  readonly pages: readonly FaxPage[]
  readonly hasCorrection: boolean
  /** What T.38 was agreed for (T38MaxBitRate). */
  readonly maxBitRate: number
  /** What the receiver takes (T38FaxMaxDatagram). */
  readonly maxDatagramBytes: number
  readonly maxDurationMs: number
  readonly send: (datagram: Uint8Array) => void
  /** The receiver has confirmed the next page. */
  readonly onPageSent: () => void
  /** Once, and after the last page. */
  readonly onEnd: (end: FaxEnd) => void
}

/** A fax machine that sends, at the end of a T.38 stream. Its time and its datagrams come from outside. */
export class FaxCaller {
  readonly #options: FaxCallerOptions
  readonly #voice: FaxVoice
  readonly #ear: FaxEar
  readonly #sender: T30Sender
  #startedMs = 0
  #nextToneMs = Infinity
  #endsMs = Infinity
  #end: FaxEndReason | undefined

  constructor(options: FaxCallerOptions) {
    this.#options = options
    const stream = new UdptlStream(options.maxDatagramBytes)
    this.#voice = new FaxVoice(stream, options.maxDatagramBytes, options.send)
    this.#sender = new T30Sender(
      {
        say: (signals, nowMs) => {
          this.#nextToneMs = Infinity
          return this.#voice.say(signals, nowMs)
        },
        pageSent: () => options.onPageSent(),
        over: (reason) => {
          this.#end ??= reason
        },
      },
      options,
    )
    this.#ear = new FaxEar(stream, this.#sender, () => this.#end !== undefined)
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
      this.#voice.indicate('cng', nowMs)
      this.#voice.indicate('no-signal', nowMs + CNG_MS)
    }
    if (nowMs - this.#startedMs >= this.#options.maxDurationMs) this.#sender.end('TooLong', nowMs)
    this.#sender.tick(nowMs)
    this.#voice.tick(nowMs)
    this.#maybeEnd(nowMs)
  }

  /** A datagram of the receiver. @returns false when it is none of UDPTL */
  receive(datagram: Uint8Array, nowMs: number): boolean {
    if (!this.#ear.receive(datagram, nowMs)) return false
    this.#maybeEnd(nowMs)
    return true
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
    if (this.#endsMs === Infinity) this.#endsMs = (this.#voice.endsMs ?? nowMs - FAREWELL_MS) + FAREWELL_MS
    if (nowMs < this.#endsMs) return
    this.#endsMs = -Infinity
    const { bitRate, remoteIdent, hasCorrection } = this.#sender
    this.#options.onEnd({ reason: this.#end, remoteIdent, bitRate, hasCorrection })
  }
}

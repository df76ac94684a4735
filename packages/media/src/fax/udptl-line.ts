import { FaxEar } from './fax-ear.ts'
import type { FaxLine } from './fax-line.ts'
import type { FaxListener } from './fax-listener.ts'
import { CNG_MS, type FaxSignal } from './fax-signal.ts'
import { FaxVoice } from './fax-voice.ts'
import { UdptlStream } from './udptl-stream.ts'

export interface UdptlLineOptions {
  /** What the other side takes (T38FaxMaxDatagram). */
  readonly maxDatagramBytes: number
  /** What T.38 was agreed for (T38MaxBitRate). */
  readonly maxBitRate: number
  readonly send: (datagram: Uint8Array) => void
}

/** A line of T.38 over UDPTL: signals as packets. Its datagrams come from outside. */
export class UdptlLine implements FaxLine {
  readonly isSound = false
  readonly maxBitRate: number
  readonly #stream: UdptlStream
  readonly #voice: FaxVoice
  #ear: FaxEar | undefined

  constructor({ maxDatagramBytes, maxBitRate, send }: UdptlLineOptions) {
    this.maxBitRate = maxBitRate
    this.#stream = new UdptlStream(maxDatagramBytes)
    this.#voice = new FaxVoice(this.#stream, maxDatagramBytes, send)
  }

  get endsMs(): number | undefined {
    return this.#voice.endsMs
  }

  listen(listener: FaxListener, isDeaf: () => boolean): void {
    this.#ear = new FaxEar(this.#stream, listener, isDeaf)
  }

  call(tone: 'ced' | 'cng' | 'none', nowMs: number): void {
    this.#voice.indicate(tone === 'none' ? 'no-signal' : tone, nowMs)
    if (tone === 'cng') this.#voice.indicate('no-signal', nowMs + CNG_MS)
  }

  say(signals: readonly FaxSignal[], nowMs: number): number {
    return this.#voice.say(signals, nowMs)
  }

  tick(nowMs: number): void {
    this.#voice.tick(nowMs)
  }

  /** A datagram of the other side. @returns false when it is none of UDPTL */
  receive(datagram: Uint8Array, nowMs: number): boolean {
    return this.#ear?.receive(datagram, nowMs) === true
  }
}

import { type FaxSignal, PREAMBLE_MS, TURNAROUND_MS } from './fax-signal.ts'
import { buildData, buildIndicator, type Indicator } from './ifp-packet.ts'
import type { UdptlStream } from './udptl-stream.ts'

/** Of an octet at 300 bit/s, with the zeros that are stuffed in. */
const OCTET_MS = 28
/** Checksum and flags. */
const FRAME_TAIL_OCTETS = 3
/** The last packet before a pause has none behind it that would repeat it. */
const [REPEATS, REPEAT_AFTER_MS] = [2, 40]
/** So much of a picture goes into a packet, and no more than a datagram takes. */
const PIECE_MS = 40
const PACKET_OVERHEAD = 24
/** Zeros that are stuffed into frames of a picture take up to a fifth; a fax machine that prints waits for none of them that long. */
const STUFFING = 1.05
const OCTET_BITS = 8

/** What a fax machine says, as packets at the pace of the telephone line. */
export class FaxVoice {
  readonly #stream: UdptlStream
  readonly #transmit: (datagram: Uint8Array) => void
  readonly #maxPiece: number
  readonly #due: { readonly atMs: number; readonly packet: Uint8Array }[] = []
  #last: { readonly datagram: Uint8Array; atMs: number; left: number } | undefined

  constructor(stream: UdptlStream, maxDatagramBytes: number, transmit: (datagram: Uint8Array) => void) {
    this.#stream = stream
    this.#transmit = transmit
    this.#maxPiece = Math.max(1, maxDatagramBytes - PACKET_OVERHEAD)
  }

  /** When the last of it is said; undefined: there is nothing to say. */
  get endsMs(): number | undefined {
    return this.#due.at(-1)?.atMs
  }

  /** What was to be said before is not said any more. @returns when it is over */
  say(signals: readonly FaxSignal[], nowMs: number): number {
    this.#due.length = 0
    let atMs = nowMs
    for (const signal of signals) {
      atMs += TURNAROUND_MS
      atMs = signal.kind === 'frames' ? this.#queueFrames(signal.frames, atMs) : this.#queueModem(signal, atMs)
      this.indicate('no-signal', atMs)
    }
    return atMs
  }

  indicate(indicator: Indicator, atMs: number): void {
    this.#queue(atMs, buildIndicator(indicator))
  }

  /** Called every few milliseconds. */
  tick(nowMs: number): void {
    while ((this.#due[0]?.atMs ?? Infinity) <= nowMs) {
      const { packet } = this.#due.shift() ?? {}
      if (packet === undefined) break
      const datagram = this.#stream.seal(packet)
      this.#transmit(datagram)
      this.#last = { datagram, atMs: nowMs + REPEAT_AFTER_MS, left: REPEATS }
    }
    if (this.#last === undefined || this.#last.left === 0 || nowMs < this.#last.atMs) return
    this.#transmit(this.#last.datagram)
    this.#last.left--
    this.#last.atMs = nowMs + REPEAT_AFTER_MS
  }

  #queueFrames(frames: readonly Uint8Array[], fromMs: number): number {
    this.indicate('v21-preamble', fromMs)
    let atMs = fromMs + PREAMBLE_MS
    for (const [index, frame] of frames.entries()) {
      const end = index === frames.length - 1 ? 'hdlc-fcs-ok-sig-end' : 'hdlc-fcs-ok'
      this.#queue(atMs, buildData('v21', [{ type: 'hdlc-data', data: frame }]))
      atMs += (frame.length + FRAME_TAIL_OCTETS) * OCTET_MS
      this.#queue(atMs, buildData('v21', [{ type: end }]))
    }
    return atMs
  }

  #queueModem(signal: Exclude<FaxSignal, { kind: 'frames' }>, fromMs: number): number {
    const { bitRate, modulation, training, trainingMs } = signal.modem
    const octetMs = (OCTET_BITS * 1_000) / bitRate
    const piece = Math.min(this.#maxPiece, Math.floor(PIECE_MS / octetMs))
    this.indicate(training, fromMs)
    let atMs = fromMs + trainingMs
    if (signal.kind === 'picture') {
      for (let from = 0; from < signal.octets.length; from += piece) {
        const data = signal.octets.subarray(from, from + piece)
        this.#queue(atMs, buildData(modulation, [{ type: 't4-non-ecm-data', data }]))
        atMs += data.length * octetMs
      }
      this.#queue(atMs, buildData(modulation, [{ type: 't4-non-ecm-sig-end' }]))
      return atMs
    }
    for (const [index, frame] of signal.frames.entries()) {
      const end = index === signal.frames.length - 1 ? 'hdlc-fcs-ok-sig-end' : 'hdlc-fcs-ok'
      for (let from = 0; from < frame.length; from += piece) {
        const data = frame.subarray(from, from + piece)
        const isLast = from + piece >= frame.length
        this.#queue(atMs, buildData(modulation, [{ type: 'hdlc-data', data }, ...(isLast ? [{ type: end } as const] : [])]))
        atMs += (data.length + (isLast ? FRAME_TAIL_OCTETS : 0)) * octetMs * STUFFING
      }
    }
    return atMs
  }

  #queue(atMs: number, packet: Uint8Array): void {
    this.#due.push({ atMs, packet })
  }
}

import type { FaxEndReason } from './fax-end-reason.ts'
import { buildData, buildIndicator, type DataField, type IfpPacket, type Modulation, parseIfpPacket } from './ifp-packet.ts'
import type { FaxPage } from './page-reader.ts'
import { parseT30Frame } from './t30-frame.ts'
import { T30Receiver } from './t30-receiver.ts'
import { UdptlStream } from './udptl-stream.ts'

/** Between what is heard and what is said (ITU-T T.30 section 5.4.3.3 note: 75 ms, with some room for the way). */
const TURNAROUND_MS = 100
/** Of V.21 before frames (T.30 5.3.1). */
const PREAMBLE_MS = 1_000
/** Of an octet at 300 bit/s, with the zeros that are stuffed in. */
const OCTET_MS = 28
/** T.30 4.3.1: 2.6 to 4 s, where it was not heard as sound before. */
const CED_MS = 2_600
/** Checksum and flags. */
const FRAME_TAIL_OCTETS = 3
/** The last packet before a pause has none behind it that would repeat it. */
const [REPEATS, REPEAT_AFTER_MS] = [2, 40]
/** Address, control, FCF, a number, 256 octets, a checksum. */
const MAX_FRAME_OCTETS = 264
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
  readonly #stream: UdptlStream
  readonly #receiver: T30Receiver
  readonly #due: { readonly atMs: number; readonly packet: Uint8Array }[] = []
  #last: { readonly datagram: Uint8Array; atMs: number; left: number } | undefined
  #frame: number[] = []
  #isFrameBroken = false
  #startedMs = 0
  #beginsMs = Infinity
  #pages = 0
  #bytes = 0
  #endsMs = Infinity
  #end: FaxEndReason | undefined

  constructor(options: FaxTerminalOptions) {
    this.#options = options
    this.#stream = new UdptlStream(options.maxDatagramBytes)
    this.#receiver = new T30Receiver(
      {
        say: (frames, nowMs) => this.#say(frames, nowMs),
        page: (page) => this.#takePage(page),
        over: (reason) => {
          this.#end ??= reason
        },
      },
      options,
    )
  }

  start(nowMs: number): void {
    this.#startedMs = nowMs
    this.#queue(nowMs, buildIndicator(this.#options.isAnnounced ? 'no-signal' : 'ced'))
    this.#beginsMs = nowMs + (this.#options.isAnnounced ? TURNAROUND_MS : CED_MS)
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
    this.#transmit(nowMs)
    this.#maybeEnd(nowMs)
  }

  /** A datagram of the sender. @returns false when it is none of UDPTL */
  receive(datagram: Uint8Array, nowMs: number): boolean {
    const recovered = this.#stream.open(datagram)
    if (recovered === undefined) return false
    if (recovered.lost > 0) {
      this.#isFrameBroken = this.#frame.length > 0
      this.#receiver.loseImage()
    }
    for (const bytes of recovered.packets) {
      const packet = parseIfpPacket(bytes)
      if (packet !== undefined && this.#end === undefined) this.#hear(packet, nowMs)
    }
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

  #hear(packet: IfpPacket, nowMs: number): void {
    if (packet.kind === 'indicator') {
      this.#dropFrame()
      if (packet.indicator === 'no-signal' || packet.indicator === 'v21-preamble') this.#receiver.hearSilence(nowMs)
      if (packet.indicator !== 'no-signal') this.#receiver.hearCarrier(nowMs)
      return
    }
    for (const field of packet.fields) this.#hearField(packet.modulation, field, nowMs)
  }

  #hearField(modulation: Modulation, { type, data }: DataField, nowMs: number): void {
    switch (type) {
      case 't4-non-ecm-data':
      case 't4-non-ecm-sig-end':
        if (data !== undefined && modulation !== 'v21') this.#receiver.hearImage(data, nowMs)
        return type === 't4-non-ecm-sig-end' ? this.#receiver.hearSilence(nowMs) : undefined
      case 'hdlc-data':
        return this.#collect(data)
      case 'hdlc-fcs-ok':
      case 'hdlc-fcs-ok-sig-end':
        this.#collect(data)
        return this.#endFrame(nowMs)
      default:
        return this.#dropFrame()
    }
  }

  #collect(data: Uint8Array | undefined): void {
    if (data === undefined) return
    if (this.#frame.length + data.length > MAX_FRAME_OCTETS) this.#isFrameBroken = true
    else for (const octet of data) this.#frame.push(octet)
  }

  #endFrame(nowMs: number): void {
    const frame = this.#isFrameBroken ? undefined : parseT30Frame(Uint8Array.from(this.#frame))
    this.#dropFrame()
    if (frame !== undefined && this.#end === undefined) this.#receiver.hearFrame(frame, nowMs)
  }

  #dropFrame(): void {
    this.#frame = []
    this.#isFrameBroken = false
  }

  /** One signal: what was to be said before is not said any more. */
  #say(frames: readonly Uint8Array[], nowMs: number): number {
    this.#due.length = 0
    let atMs = nowMs + TURNAROUND_MS
    this.#queue(atMs, buildIndicator('v21-preamble'))
    atMs += PREAMBLE_MS
    for (const [index, frame] of frames.entries()) {
      const end = index === frames.length - 1 ? 'hdlc-fcs-ok-sig-end' : 'hdlc-fcs-ok'
      this.#queue(atMs, buildData('v21', [{ type: 'hdlc-data', data: frame }]))
      atMs += (frame.length + FRAME_TAIL_OCTETS) * OCTET_MS
      this.#queue(atMs, buildData('v21', [{ type: end }]))
    }
    this.#queue(atMs, buildIndicator('no-signal'))
    return atMs
  }

  #queue(atMs: number, packet: Uint8Array): void {
    this.#due.push({ atMs, packet })
  }

  #transmit(nowMs: number): void {
    while ((this.#due[0]?.atMs ?? Infinity) <= nowMs) {
      const { packet } = this.#due.shift() ?? {}
      if (packet === undefined) break
      const datagram = this.#stream.seal(packet)
      this.#options.send(datagram)
      this.#last = { datagram, atMs: nowMs + REPEAT_AFTER_MS, left: REPEATS }
    }
    if (this.#last === undefined || this.#last.left === 0 || nowMs < this.#last.atMs) return
    this.#options.send(this.#last.datagram)
    this.#last.left--
    this.#last.atMs = nowMs + REPEAT_AFTER_MS
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
      this.#endsMs = (this.#due.at(-1)?.atMs ?? nowMs - FAREWELL_MS) + FAREWELL_MS
    }
    if (nowMs < this.#endsMs) return
    this.#endsMs = -Infinity
    const { command, remoteIdent } = this.#receiver
    this.#options.onEnd({ reason: this.#end, remoteIdent, bitRate: command?.bitRate, hasCorrection: command?.hasCorrection ?? false })
  }
}

import type { FaxListener } from './fax-listener.ts'
import { type DataField, type IfpPacket, type Modulation, parseIfpPacket } from './ifp-packet.ts'
import { parseT30Frame } from './t30-frame.ts'
import type { UdptlStream } from './udptl-stream.ts'

/** Address, control, FCF, a number, 256 octets, a checksum. */
const MAX_FRAME_OCTETS = 264

/** What a fax machine hears: datagrams, put together to frames and pictures. */
export class FaxEar {
  readonly #stream: UdptlStream
  readonly #listener: FaxListener
  /** It has gone, whatever is said to it. */
  readonly #isDeaf: () => boolean
  #frame: number[] = []
  #isFrameBroken = false

  constructor(stream: UdptlStream, listener: FaxListener, isDeaf: () => boolean) {
    this.#stream = stream
    this.#listener = listener
    this.#isDeaf = isDeaf
  }

  /** @returns false when it is none of UDPTL */
  receive(datagram: Uint8Array, nowMs: number): boolean {
    const recovered = this.#stream.open(datagram)
    if (recovered === undefined) return false
    if (recovered.lost > 0) {
      this.#isFrameBroken = this.#frame.length > 0
      this.#listener.loseImage()
    }
    for (const bytes of recovered.packets) {
      const packet = parseIfpPacket(bytes)
      if (packet !== undefined && !this.#isDeaf()) this.#hear(packet, nowMs)
    }
    return true
  }

  #hear(packet: IfpPacket, nowMs: number): void {
    if (packet.kind === 'indicator') {
      this.#dropFrame()
      if (packet.indicator === 'no-signal' || packet.indicator === 'v21-preamble') this.#listener.hearSilence(nowMs)
      if (packet.indicator !== 'no-signal') this.#listener.hearCarrier(nowMs)
      return
    }
    for (const field of packet.fields) this.#hearField(packet.modulation, field, nowMs)
  }

  #hearField(modulation: Modulation, { type, data }: DataField, nowMs: number): void {
    switch (type) {
      case 't4-non-ecm-data':
      case 't4-non-ecm-sig-end':
        if (data !== undefined && modulation !== 'v21') this.#listener.hearImage(data, nowMs)
        return type === 't4-non-ecm-sig-end' ? this.#listener.hearSilence(nowMs) : undefined
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
    if (frame !== undefined && !this.#isDeaf()) this.#listener.hearFrame(frame, nowMs)
  }

  #dropFrame(): void {
    this.#frame = []
    this.#isFrameBroken = false
  }
}

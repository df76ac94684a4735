import { TelephoneEncoder } from '../../codecs/telephone-codec.ts'
import { RTP_HEADER_BYTES, writeRtpHeader } from '../../rtp/rtp-packet.ts'
import { digitOfEvent, TELEPHONE_EVENT_BYTES, writeTelephoneEvent } from '../../rtp/telephone-event.ts'
import type { PayloadFormat } from '../../sdp/payload-format.ts'
import { keyFrequencies } from '../../tones/key-tones.ts'
import { ToneGenerator } from '../../tones/tone-generator.ts'
import { FRAME_MS, FRAME_SAMPLES } from './local-end.ts'
import type { OutgoingStream } from './outgoing-stream.ts'
import type { SideAgreement } from './worker-protocol.ts'

/** More keys than anybody presses ahead. */
const MAX_WAITING = 64
const MIN_FRAMES = 2
/** What a packet can state (RFC 4733 2.5.1.3), in timestamp units; longer presses are cut. */
const LONGEST_DURATION = 0xffff
/** RFC 4733 2.5.1.4: the last packet goes out three times. */
const END_REPETITIONS = 3
/** Frames without anything between two digits, so that their tones do not melt together where they are played out. */
const PAUSE_FRAMES = 2
const VOLUME = 10
/** Of each of the two frequencies of a key (ITU-T Q.24 table A-1 wants to be understood from -3 to -25). */
const TONE_LEVEL_DBM0 = -9
const TONE_CLOCK_RATE_HZ = 8_000
const LONGEST_TONE_MS = 5_000

interface Press {
  readonly event: number
  /** Packets of the key itself, and of them all. */
  readonly frames: number
  readonly packets: number
  readonly format: Pick<PayloadFormat, 'payloadType' | 'clockRateHz'>
  readonly sound?: { readonly tone: ToneGenerator; readonly encoder: TelephoneEncoder }
}

/** Sends key presses as RFC 4733 packets, or as tones in the voice, one every 20 ms, one digit after the other. */
export class DigitSender {
  readonly #stream: OutgoingStream
  readonly #random: () => number
  readonly #waiting: Press[] = []
  readonly #samples = new Int16Array(FRAME_SAMPLES)
  #current: Press | undefined
  #frame = 0
  #pause = 0
  #timestamp = 0

  constructor(stream: OutgoingStream, random: () => number) {
    this.#stream = stream
    this.#random = random
  }

  /** Something is being sent or waits: the clock has to run. */
  get isBusy(): boolean {
    return this.#current !== undefined || this.#waiting.length > 0 || this.#pause > 0
  }

  /** A digit is on its way: it takes the place of what is relayed. */
  get isSending(): boolean {
    return this.#current !== undefined
  }

  press(event: number, durationMs: number, format: PayloadFormat): void {
    const longest = Math.floor((LONGEST_DURATION * 1000) / (FRAME_MS * format.clockRateHz))
    const frames = Math.min(longest, Math.max(MIN_FRAMES, Math.round(durationMs / FRAME_MS)))
    if (this.#waiting.length < MAX_WAITING) this.#waiting.push({ event, frames, packets: frames + END_REPETITIONS - 1, format })
  }

  /** The key as it sounds, in the voice the side hears. */
  sound(event: number, durationMs: number, { encoding, payloadType }: NonNullable<SideAgreement['keysAsTones']>): void {
    const frequenciesHz = keyFrequencies(digitOfEvent(event) ?? '')
    if (frequenciesHz === undefined || this.#waiting.length >= MAX_WAITING) return
    const frames = Math.max(MIN_FRAMES, Math.round(Math.min(LONGEST_TONE_MS, durationMs) / FRAME_MS))
    const sound = { tone: new ToneGenerator({ frequenciesHz, levelDbm0: TONE_LEVEL_DBM0 }), encoder: new TelephoneEncoder(encoding, FRAME_SAMPLES) }
    this.#waiting.push({ event, frames, packets: frames, format: { payloadType, clockRateHz: TONE_CLOCK_RATE_HZ }, sound })
  }

  /** The packet of this frame, if there is one. */
  nextPacket(nowMs: number): Buffer | undefined {
    if (this.#current === undefined && this.#pause > 0) {
      this.#pause--
      return undefined
    }
    const press = this.#current ?? this.#begin(nowMs)
    if (press === undefined) return undefined
    this.#frame++
    const end = this.#frame >= press.frames
    const packet = press.sound === undefined ? this.#packet(press, end) : this.#frameOf(press, press.sound)
    if (this.#frame === press.packets) {
      this.#current = undefined
      this.#pause = PAUSE_FRAMES
    }
    return packet
  }

  #begin(nowMs: number): Press | undefined {
    const press = this.#waiting.shift()
    if (press === undefined) return undefined
    if (this.#stream.ssrc < 0) this.#stream.beginOwn(this.#random, nowMs)
    this.#current = press
    this.#frame = 0
    this.#timestamp = this.#stream.timestampAt(nowMs, press.format.clockRateHz)
    return press
  }

  /** All packets carry the timestamp of the first; only the first has the marker (RFC 4733 2.5.1.2). */
  #packet({ event, frames, format }: Press, end: boolean): Buffer {
    const packet = Buffer.allocUnsafe(RTP_HEADER_BYTES + TELEPHONE_EVENT_BYTES)
    writeRtpHeader(packet, {
      marker: this.#frame === 1,
      payloadType: format.payloadType,
      sequenceNumber: this.#stream.insert(),
      timestamp: this.#timestamp,
      ssrc: this.#stream.ssrc,
    })
    const duration = (Math.min(this.#frame, frames) * FRAME_MS * format.clockRateHz) / 1000
    writeTelephoneEvent(packet, RTP_HEADER_BYTES, { event, end, volume: VOLUME, duration })
    return packet
  }
  #frameOf({ format }: Press, { tone, encoder }: NonNullable<Press['sound']>): Buffer {
    const packet = Buffer.allocUnsafe(RTP_HEADER_BYTES + FRAME_SAMPLES)
    const timestamp = (this.#timestamp + (this.#frame - 1) * FRAME_SAMPLES) >>> 0
    const { payloadType } = format
    writeRtpHeader(packet, { marker: false, payloadType, sequenceNumber: this.#stream.insert(), timestamp, ssrc: this.#stream.ssrc })
    tone.fill(this.#samples)
    encoder.encode(this.#samples, packet, RTP_HEADER_BYTES)
    return packet
  }
}

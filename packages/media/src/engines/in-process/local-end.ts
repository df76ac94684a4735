import { TelephoneEncoder, type TelephoneEncoding } from '../../codecs/telephone-codec.ts'
import { RTP_HEADER_BYTES, writeRtpHeader } from '../../rtp/rtp-packet.ts'
import type { StreamPosition } from './outgoing-stream.ts'

export const FRAME_MS = 20
export const FRAME_SAMPLES = 160

/** Whatever makes samples: a tone, clips, a mix. */
export interface Voice {
  /** Writes the next samples into all of `target`. */
  fill(target: Int16Array): void
}

/** What our own end says. A voice goes on where it was when it is played by another end. */
export type EndSource = { readonly kind: 'silence' } | { readonly kind: 'echo' } | { readonly kind: 'voice'; readonly voice: Voice }

/** What our own end says on a side: one RTP stream, whatever its source is at the moment. */
export class LocalEnd {
  readonly ssrc: number
  readonly encoding: TelephoneEncoding
  readonly payloadType: number
  packetsSent = 0
  payloadOctetsSent = 0
  readonly #encoder: TelephoneEncoder
  readonly #samples = new Int16Array(FRAME_SAMPLES)
  #source: EndSource['kind'] = 'silence'
  #voice: Voice | undefined
  #sequence: number
  #timestamp: number
  #echoedSsrc = -1
  #echoOffset = 0

  /** @param random 32 random bits each call: SSRC, first sequence number and timestamp (RFC 3550 5.1), unless it goes on `after` a stream. */
  constructor(options: {
    readonly encoding: TelephoneEncoding
    readonly payloadType: number
    readonly random: () => number
    readonly after?: StreamPosition | undefined
  }) {
    const { after, random } = options
    this.encoding = options.encoding
    this.#encoder = new TelephoneEncoder(options.encoding, FRAME_SAMPLES)
    this.payloadType = options.payloadType
    this.ssrc = after?.ssrc ?? random() >>> 0
    this.#sequence = after?.sequence ?? random() & 0xffff
    this.#timestamp = after?.timestamp ?? random() >>> 0
  }

  /** The timestamp of the next frame, for sender reports. */
  get timestamp(): number {
    return this.#timestamp
  }

  play(source: EndSource): void {
    this.#source = source.kind
    this.#voice = source.kind === 'voice' ? source.voice : undefined
    this.#echoedSsrc = -1
  }

  /** The next 20 ms of silence or a voice; undefined while echoing. Time goes on in any case. */
  nextFrame(): Buffer | undefined {
    if (this.#source === 'echo') {
      this.#timestamp = (this.#timestamp + FRAME_SAMPLES) >>> 0
      return undefined
    }
    const frame = Buffer.allocUnsafe(RTP_HEADER_BYTES + FRAME_SAMPLES)
    if (this.#voice === undefined) {
      this.#encoder.silence(frame, RTP_HEADER_BYTES)
    } else {
      this.#voice.fill(this.#samples)
      this.#encoder.encode(this.#samples, frame, RTP_HEADER_BYTES)
    }
    writeRtpHeader(frame, {
      marker: this.packetsSent === 0,
      payloadType: this.payloadType,
      sequenceNumber: this.#nextSequence(),
      timestamp: this.#timestamp,
      ssrc: this.ssrc,
    })
    this.#timestamp = (this.#timestamp + FRAME_SAMPLES) >>> 0
    this.#count(FRAME_SAMPLES)
    return frame
  }

  /** Makes a packet that came in ours, in place: SSRC, numbers and timeline; false when it is not to be sent back. */
  echo(packet: Buffer): boolean {
    if (this.#source !== 'echo') return false
    const ssrc = packet.readUInt32BE(8)
    const timestamp = packet.readUInt32BE(4)
    if (ssrc !== this.#echoedSsrc) {
      this.#echoedSsrc = ssrc
      this.#echoOffset = this.#timestamp - timestamp
    }
    packet.writeUInt16BE(this.#nextSequence(), 2)
    packet.writeUInt32BE((timestamp + this.#echoOffset) >>> 0, 4)
    packet.writeUInt32BE(this.ssrc, 8)
    this.#count(packet.length - RTP_HEADER_BYTES)
    return true
  }

  #nextSequence(): number {
    this.#sequence = (this.#sequence + 1) & 0xffff
    return this.#sequence
  }

  #count(payloadOctets: number): void {
    this.packetsSent++
    this.payloadOctetsSent += payloadOctets
  }
}

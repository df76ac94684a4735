import { createSocket } from 'node:dgram'
import type { Socket } from 'node:dgram'
import {
  buildRtpPacket,
  connectionOf,
  decodeG711,
  encodeG711,
  encodeKeyPress,
  hearsTone,
  parseRtpPacket,
  parseSessionDescription,
  TelephoneEventDetector,
  ToneGenerator,
} from '@dialtone/media'

const PACKET_SAMPLES = 160
const PACKET_MS = 20
/** 200 ms of sound are enough to name a tone. */
const HEARD_PACKETS = 10

/** One end of a conversation: a UDP socket that sends a tone in PCMU and listens for another one. */
export class RtpEar {
  readonly #socket: Socket
  readonly #waiting: { readonly frequenciesHz: readonly number[]; readonly resolve: () => void }[] = []
  #heard: Int16Array[] = []
  #sending: ReturnType<typeof setInterval> | undefined
  received = 0
  /** The streams it heard, and how often a packet was not later than the one before: phones discard such ones. */
  readonly ssrcs = new Set<number>()
  steppedBack = 0
  #lastTimestamp: number | undefined
  /** The keys that came as telephone events of payload type 101, each once. */
  keys = ''
  readonly #keyDetector = new TelephoneEventDetector()

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('message', (bytes) => this.#hear(bytes))
  }

  static async open(address = '127.0.0.1'): Promise<RtpEar> {
    const socket = createSocket('udp4')
    await new Promise<void>((resolve) => socket.bind(0, address, resolve))
    return new RtpEar(socket)
  }

  get port(): number {
    return this.#socket.address().port
  }

  /** What this end can do, as a session description. */
  description(direction = 'sendrecv', version = 1): string {
    const lines = ['v=0', `o=ear 1 ${version} IN IP4 127.0.0.1`, 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', `m=audio ${this.port} RTP/AVP 0`, `a=${direction}`, '']
    return lines.join('\r\n')
  }

  /** Sends a tone to where the description wants it, until it is closed. */
  sing(frequencyHz: number, description: string): void {
    const parsed = parseSessionDescription(description)
    if (!parsed.ok) throw new Error(parsed.error.message)
    const media = parsed.value.media[0]
    const address = media === undefined ? undefined : connectionOf(parsed.value, media)?.address
    if (media === undefined || address === undefined) throw new Error('nowhere to send')
    const generator = new ToneGenerator({ frequenciesHz: [frequencyHz] })
    const samples = new Int16Array(PACKET_SAMPLES)
    let sequenceNumber = 0
    clearInterval(this.#sending)
    this.#sending = setInterval(() => {
      const payload = Buffer.alloc(PACKET_SAMPLES)
      generator.fill(samples)
      encodeG711('PCMU', samples, payload)
      const packet = {
        marker: sequenceNumber === 0,
        payloadType: 0,
        sequenceNumber: sequenceNumber & 0xffff,
        timestamp: sequenceNumber * PACKET_SAMPLES,
        ssrc: this.port,
        payload,
      }
      sequenceNumber++
      this.#socket.send(buildRtpPacket(packet), media.port, address)
    }, PACKET_MS)
  }

  /** The same with telephone events (RFC 4733). */
  descriptionWithEvents(): string {
    return this.description().replace('RTP/AVP 0\r\n', 'RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n')
  }

  /** Presses a key of 80 ms as telephone events towards where the description wants them. */
  press(digit: string, description: string): void {
    const parsed = parseSessionDescription(description)
    const port = parsed.ok ? (parsed.value.media[0]?.port ?? 0) : 0
    let sequenceNumber = 1_000
    for (const { marker, payload } of encodeKeyPress(digit, 80)) {
      const packet = { marker, payloadType: 101, sequenceNumber: sequenceNumber++, timestamp: 90_000, ssrc: this.port, payload }
      this.#socket.send(buildRtpPacket(packet), port, '127.0.0.1')
    }
  }

  /** Resolves when the tone, of one frequency or several together, is heard. */
  hears(...frequenciesHz: number[]): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ frequenciesHz, resolve }))
  }

  close(): void {
    clearInterval(this.#sending)
    this.#socket.close()
  }

  #hear(bytes: Buffer): void {
    const packet = parseRtpPacket(bytes)
    if (packet === undefined) return
    this.received++
    this.ssrcs.add(packet.ssrc)
    if (this.#lastTimestamp !== undefined && ((packet.timestamp - this.#lastTimestamp) | 0) <= 0) this.steppedBack++
    this.#lastTimestamp = packet.timestamp
    if (packet.payloadType === 101) {
      this.keys += this.#keyDetector.receive(packet.timestamp, packet.payload) ?? ''
      return
    }
    this.#heard = [...this.#heard.slice(1 - HEARD_PACKETS), decodeG711('PCMU', packet.payload)]
    if (this.#heard.length < HEARD_PACKETS) return
    const samples = Int16Array.from(this.#heard.flatMap((part) => [...part]))
    for (const waiting of this.#waiting.splice(0)) {
      if (hearsTone(samples, waiting.frequenciesHz)) waiting.resolve()
      else this.#waiting.push(waiting)
    }
  }
}

import { randomInt } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { decodeMuLaw, dominantTone, encodeMuLaw, sineSamples, soundedOnce, tonesIn } from './tone.ts'

const SAMPLES_PER_PACKET = 160
const PACKET_MS = 20
const RTP_HEADER_BYTES = 12
const PCMU = 0
const TELEPHONE_EVENT = 101
const KEYS = '0123456789*#ABCD'
/** Of a key, the last packet while it is down has the end bit, and is then sent twice more (RFC 4733 2.5.1.4). */
const END_REPEATS = 2
const PRESSED_MS = 80
/** 80 ms up. */
const PACKETS_UP = 4
const UNITS_PER_MS = 8

/** One end of a sound path: sends a tone as PCMU and keeps what it hears. */
export class RtpEndpoint {
  readonly host: string
  readonly #socket: Socket
  readonly #heard: Buffer[] = []
  readonly #source = randomInt(2 ** 32)
  #timer: ReturnType<typeof setInterval> | undefined
  #sequence = randomInt(2 ** 15)
  #sample = 0
  #sent = 0
  #keysHeard = ''
  readonly #keyLengthsMs: number[] = []
  #lastKeyTimestamp = -1

  private constructor(socket: Socket, host: string) {
    this.#socket = socket
    this.host = host
    socket.on('message', (packet) => {
      if (packet.length <= RTP_HEADER_BYTES) return
      if (((packet[1] ?? 0) & 0x7f) === PCMU) this.#heard.push(packet.subarray(RTP_HEADER_BYTES))
      if (((packet[1] ?? 0) & 0x7f) === TELEPHONE_EVENT) this.#hearKey(packet)
    })
    socket.on('error', () => undefined)
  }

  static async open(host: string): Promise<RtpEndpoint> {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
    await new Promise<void>((resolve) => {
      socket.bind(0, host, resolve)
    })
    return new RtpEndpoint(socket, host)
  }

  get port(): number {
    return this.#socket.address().port
  }

  get packetsHeard(): number {
    return this.#heard.length
  }

  /** The keys that came as telephone events, each once: all packets of one carry the same timestamp. */
  get keysHeard(): string {
    return this.#keysHeard
  }

  /** How long each of them was. */
  get keyLengthsMs(): readonly number[] {
    return this.#keyLengthsMs
  }

  /** Presses keys with pauses of 80 ms, in place of the tone; resolves after the last pause. */
  press(sessionDescription: string, keys: string, pressedMs = PRESSED_MS): Promise<void> {
    const { host, port } = mediaAddressOf(sessionDescription)
    clearInterval(this.#timer)
    let packet = 0
    return new Promise((resolve) => {
      this.#timer = setInterval(() => {
        const down = Math.round(pressedMs / PACKET_MS)
        const bytes = this.#keyPacket(keys, packet++, down)
        if (bytes !== undefined) this.#socket.send(bytes, port, host)
        if (packet < keys.length * (down + PACKETS_UP)) return
        clearInterval(this.#timer)
        resolve()
      }, PACKET_MS)
    })
  }

  /** Since it began to speak, or was told to forget. */
  get packetsSent(): number {
    return this.#sent
  }

  /** Forgets what was heard so far. */
  forget(): void {
    this.#heard.length = 0
    this.#sent = 0
  }

  /** What the last seconds sounded like. */
  toneHeard(candidatesHz: readonly number[]): number | undefined {
    const recent = this.#heard.slice(-100)
    return recent.length < 25 ? undefined : dominantTone(decodeMuLaw(Buffer.concat(recent)), candidatesHz)
  }

  /** Which tones sounded together in the last half second. */
  tonesHeard(candidatesHz: readonly number[]): number[] {
    return tonesIn(decodeMuLaw(Buffer.concat(this.#heard.slice(-25))), candidatesHz)
  }

  /** Whether the tone came at some time since it was told to forget. */
  heardOnce(frequencyHz: number): boolean {
    return soundedOnce(decodeMuLaw(Buffer.concat(this.#heard)), frequencyHz)
  }

  /** Whether these bytes of PCMU were among what was heard, but for a few lost on the way. */
  heardAudio(sample: Buffer): boolean {
    const heard = Buffer.concat(this.#heard)
    for (let at = 0; at + sample.length <= heard.length; at++) {
      let wrong = 0
      for (let index = 0; index < sample.length && wrong * 20 <= sample.length; index++) if (heard[at + index] !== sample[index]) wrong++
      if (wrong * 20 <= sample.length) return true
    }
    return false
  }

  /** Sends the tone to the media address of a session description, from now until closed. */
  speak(sessionDescription: string, frequencyHz: number): void {
    const { host, port } = mediaAddressOf(sessionDescription)
    clearInterval(this.#timer)
    this.#timer = setInterval(() => {
      this.#socket.send(this.#nextPacket(frequencyHz), port, host)
      this.#sent++
    }, PACKET_MS)
  }

  close(): void {
    clearInterval(this.#timer)
    this.#socket.close()
  }

  /** A session description with this endpoint's address: PCMU and telephone-event. */
  describe(direction = 'sendrecv'): string {
    const session = randomInt(2 ** 31)
    const family = this.host.includes(':') ? 'IP6' : 'IP4'
    return [
      'v=0',
      `o=- ${session} ${session} IN ${family} ${this.host}`,
      's=-',
      `c=IN ${family} ${this.host}`,
      't=0 0',
      `m=audio ${this.port} RTP/AVP 0 101`,
      'a=rtpmap:0 PCMU/8000',
      'a=rtpmap:101 telephone-event/8000',
      'a=fmtp:101 0-15',
      `a=${direction}`,
      '',
    ].join('\r\n')
  }

  #hearKey(packet: Buffer): void {
    const timestamp = packet.readUInt32BE(4)
    if (timestamp !== this.#lastKeyTimestamp) {
      this.#keysHeard += KEYS.charAt(packet[RTP_HEADER_BYTES] ?? 0)
      this.#keyLengthsMs.push(0)
    }
    this.#lastKeyTimestamp = timestamp
    this.#keyLengthsMs[this.#keyLengthsMs.length - 1] = packet.readUInt16BE(RTP_HEADER_BYTES + 2) / UNITS_PER_MS
  }

  #keyPacket(keys: string, packet: number, down: number): Buffer | undefined {
    const packetsAKey = down + PACKETS_UP
    const step = packet % packetsAKey
    if (step === 0) this.#sample += SAMPLES_PER_PACKET * packetsAKey
    if (step >= down + END_REPEATS) return undefined
    const header = this.#header(TELEPHONE_EVENT | (step === 0 ? 0x80 : 0))
    const duration = Math.min(step + 1, down) * SAMPLES_PER_PACKET
    const end = step >= down - 1 ? 0x80 : 0
    return Buffer.concat([header, Buffer.from([KEYS.indexOf(keys.charAt(Math.floor(packet / packetsAKey))), end | 10, duration >> 8, duration & 0xff])])
  }

  #header(second: number): Buffer {
    const header = Buffer.alloc(RTP_HEADER_BYTES)
    header[0] = 0x80
    header[1] = second
    header.writeUInt16BE(this.#sequence++ & 0xffff, 2)
    header.writeUInt32BE(this.#sample % 2 ** 32, 4)
    header.writeUInt32BE(this.#source, 8)
    return header
  }

  #nextPacket(frequencyHz: number): Buffer {
    const header = this.#header(PCMU)
    const payload = encodeMuLaw(sineSamples(frequencyHz, SAMPLES_PER_PACKET, this.#sample))
    this.#sample += SAMPLES_PER_PACKET
    return Buffer.concat([header, payload])
  }
}

/** Where a session description wants its first audio stream. */
export function mediaAddressOf(sessionDescription: string): { readonly host: string; readonly port: number } {
  const port = Number(/^m=audio (\d+)/m.exec(sessionDescription)?.[1])
  const afterMedia = sessionDescription.slice(sessionDescription.indexOf('m=audio'))
  const host = /^c=IN IP[46] (\S+)/m.exec(afterMedia)?.[1] ?? /^c=IN IP[46] (\S+)/m.exec(sessionDescription)?.[1] ?? ''
  return { host, port }
}

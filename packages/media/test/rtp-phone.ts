import type { Socket } from 'node:dgram'
import { TelephoneEncoder, type TelephoneEncoding } from '../src/codecs/telephone-codec.ts'
import {
  buildRtpPacket,
  encodeKeyPress,
  parseRtpPacket,
  parseSessionDescription,
  SrtpReceiver,
  SrtpSender,
  ToneGenerator,
  type RtpPacket,
  type SrtpMaster,
} from '../src/index.ts'
import { bindAll, closeSocket, freePorts } from './free-ports.ts'

export interface SdpOptions {
  readonly address?: string
  readonly formats?: string
  readonly lines?: readonly string[]
  readonly protocol?: string
}

/** A phone as far as media goes: a pair of real sockets, a description of them, and everything that arrived. */
export class RtpPhone {
  readonly port: number
  readonly ssrc: number
  readonly received: { readonly packet: RtpPacket; readonly fromPort: number }[] = []
  readonly receivedRtcp: Buffer[] = []
  /** Of a tone it sings: packets that the machine let it send too late. */
  lateFrames = 0
  /** Every datagram on the RTP port as it came. */
  readonly wire: Buffer[] = []
  readonly #host: string
  readonly #rtp: Socket
  readonly #rtcp: Socket
  readonly #waiting = new Set<() => void>()
  #target = 0
  #sequence = 1
  #timestamp = 1_000
  #stream: ReturnType<typeof setInterval> | undefined
  #mkiBytes = 0
  #srtp: { readonly sender: SrtpSender; readonly receiver: SrtpReceiver } | undefined

  private constructor(rtp: Socket, rtcp: Socket, host: string) {
    this.#host = host
    this.#rtp = rtp
    this.#rtcp = rtcp
    this.port = rtp.address().port
    this.ssrc = this.port * 7
    rtp.on('message', (received, sender) => {
      this.wire.push(Buffer.from(received))
      const bytes = this.#open(received)
      const packet = parseRtpPacket(bytes)
      if (packet === undefined) this.receivedRtcp.push(bytes)
      else this.received.push({ packet, fromPort: sender.port })
      this.#wake()
    })
    rtcp.on('message', (received) => {
      const length = this.#srtp === undefined ? received.length : this.#srtp.receiver.unprotectRtcp(received)
      this.receivedRtcp.push(received.subarray(0, length))
      this.#wake()
    })
  }

  /** @param host where it is */
  static async open(host: '127.0.0.1' | '::1' = '127.0.0.1'): Promise<RtpPhone> {
    for (;;) {
      const { first } = await freePorts(2)
      const [rtp, rtcp] = await bindAll([first, first + 1], host)
      if (rtp !== undefined && rtcp !== undefined) return new RtpPhone(rtp, rtcp, host)
    }
  }

  sdp(options: SdpOptions = {}): string {
    const family = this.#host.includes(':') ? 'IP6' : 'IP4'
    return [
      'v=0',
      `o=phone ${this.port} 1 IN ${family} ${this.#host}`,
      's=-',
      `c=IN ${family} ${options.address ?? this.#host}`,
      't=0 0',
      `m=audio ${this.port} ${options.protocol ?? 'RTP/AVP'} ${options.formats ?? '0 101'}`,
      'a=rtpmap:101 telephone-event/8000',
      ...(options.lines ?? []),
      '',
    ].join('\r\n')
  }

  /** Sends from now on to where the description points. */
  follow(sdp: string): void {
    const parsed = parseSessionDescription(sdp)
    this.#target = (parsed.ok ? parsed.value.media[0]?.port : undefined) ?? 0
  }

  get target(): number {
    return this.#target
  }

  /** One packet of audio, told from others by its payload. */
  say(text: string, fields: Partial<RtpPacket> = {}): void {
    this.#timestamp += 160
    this.sendBytes(
      buildRtpPacket({
        marker: false,
        payloadType: 0,
        sequenceNumber: this.#sequence++ & 0xffff,
        timestamp: this.#timestamp,
        ssrc: this.ssrc,
        payload: Buffer.from(text),
        ...fields,
      }),
    )
  }

  /** @param options.keep told for each packet whether it is sent */
  press(digit: string, options: { readonly durationMs?: number; readonly timestamp?: number; readonly keep?: () => boolean } = {}): void {
    const timestamp = options.timestamp ?? (this.#timestamp += 1_600)
    for (const { marker, payload } of encodeKeyPress(digit, options.durationMs ?? 100)) {
      if (options.keep?.() === false) this.#sequence++
      else this.say('', { payloadType: 101, marker, payload, timestamp })
    }
  }

  /** Presses keys of 80 ms with pauses of 80 ms by their timestamps, one every 20 ms by the clock: 350 packets a second. */
  pressAll(digits: string, keep: () => boolean): Promise<void> {
    const first = (this.#timestamp += 1_600)
    let index = 0
    return new Promise((resolve) => {
      const pressing = setInterval(() => {
        this.press(digits.charAt(index), { durationMs: 80, timestamp: first + index * 1_280, keep })
        if (++index < digits.length) return
        clearInterval(pressing)
        resolve()
      }, 20)
    })
  }

  /** Speaks SRTP from now on: with its own key, and with that of the `a=crypto` line in what it was sent. */
  secure(own: SrtpMaster, sdp: string): void {
    const [, suite, keyAndSalt] = /a=crypto:\d+ (\S+) inline:(\S+)/.exec(sdp) ?? []
    if (suite === undefined || keyAndSalt === undefined) throw new Error(`no key in ${sdp}`)
    this.#mkiBytes = own.mkiBytes ?? 0
    this.#srtp = { sender: new SrtpSender({ ...own, suite }), receiver: new SrtpReceiver({ suite, keyAndSalt }) }
  }

  sendBytes(plain: Buffer, port = this.#target): void {
    const target = Buffer.alloc(plain.length + 64)
    const bytes = this.#srtp === undefined ? plain : this.#withMki(target.subarray(0, this.#srtp.sender.protect(plain, target)))
    this.#rtp.send(bytes, port, this.#host)
  }

  /** The name of its key stands before the tag of 80 bits (RFC 3711 3.1). */
  #withMki(sealed: Buffer): Buffer {
    return this.#mkiBytes === 0 ? sealed : Buffer.concat([sealed.subarray(0, -10), Buffer.alloc(this.#mkiBytes, 1), sealed.subarray(-10)])
  }

  #open(bytes: Buffer): Buffer {
    return this.#srtp === undefined ? bytes : bytes.subarray(0, this.#srtp.receiver.unprotect(bytes))
  }

  sendRtcp(plain: Buffer): void {
    const target = Buffer.alloc(plain.length + 64)
    const bytes = this.#srtp === undefined ? plain : this.#withMki(target.subarray(0, this.#srtp.sender.protectRtcp(plain, target)))
    this.#rtcp.send(bytes, this.#target + 1, this.#host)
  }

  /** Says the text every 20 ms until the next call, or until `hush`. */
  stream(text: string): void {
    this.hush()
    this.say(text)
    this.#stream = setInterval(() => this.say(text), 20)
  }

  /** Sends a tone in PCMU, or another codec of our own end, from now on: 20 ms every 20 ms. */
  sing(frequencyHz: number, encoding: TelephoneEncoding = 'PCMU'): void {
    this.hush()
    const generator = new ToneGenerator({ frequenciesHz: [frequencyHz] })
    const encoder = new TelephoneEncoder(encoding, 160)
    const payloadType = { PCMU: 0, PCMA: 8, G722: 9 }[encoding]
    const samples = new Int16Array(160)
    const startMs = performance.now()
    let sent = 0
    this.#stream = setInterval(() => {
      // Intervals drift, phones do not.
      for (; sent * 20 <= performance.now() - startMs; sent++) {
        // Beyond what a recording waits for (200 ms, and some for the way): nothing else can have it.
        if (performance.now() - startMs - sent * 20 > 150) this.lateFrames++
        generator.fill(samples)
        const payload = Buffer.alloc(160)
        encoder.encode(samples, payload, 0)
        this.say('', { payload, payloadType })
      }
    }, 20)
  }

  hush(): void {
    clearInterval(this.#stream)
  }

  texts(): string[] {
    return this.received.map(({ packet }) => packet.payload.toString())
  }

  hears(text: string): Promise<void> {
    return this.until(() => this.received.some(({ packet }) => packet.payload.toString() === text))
  }

  /** Resolves when the condition holds, looked at whenever something arrives. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!condition()) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
      look()
    })
  }

  async close(): Promise<void> {
    this.hush()
    await Promise.all([closeSocket(this.#rtp), closeSocket(this.#rtcp)])
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look()
  }
}

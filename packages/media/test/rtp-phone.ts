import type { Socket } from 'node:dgram'
import { buildRtpPacket, encodeKeyPress, parseRtpPacket, parseSessionDescription, type RtpPacket } from '../src/index.ts'
import { bindAll, closeSocket, freePorts } from './free-ports.ts'

export interface SdpOptions {
  readonly address?: string
  readonly formats?: string
  readonly lines?: readonly string[]
}

/** A phone as far as media goes: a pair of real sockets, a description of them, and everything that arrived. */
export class RtpPhone {
  readonly port: number
  readonly ssrc: number
  readonly received: { readonly packet: RtpPacket; readonly fromPort: number }[] = []
  readonly receivedRtcp: Buffer[] = []
  readonly #rtp: Socket
  readonly #rtcp: Socket
  readonly #waiting = new Set<() => void>()
  #target = 0
  #sequence = 1
  #timestamp = 1_000
  #stream: ReturnType<typeof setInterval> | undefined

  private constructor(rtp: Socket, rtcp: Socket) {
    this.#rtp = rtp
    this.#rtcp = rtcp
    this.port = rtp.address().port
    this.ssrc = this.port * 7
    rtp.on('message', (bytes, sender) => {
      const packet = parseRtpPacket(bytes)
      if (packet === undefined) this.receivedRtcp.push(bytes)
      else this.received.push({ packet, fromPort: sender.port })
      this.#wake()
    })
    rtcp.on('message', (bytes) => {
      this.receivedRtcp.push(bytes)
      this.#wake()
    })
  }

  static async open(): Promise<RtpPhone> {
    for (;;) {
      const { first } = await freePorts(2)
      const [rtp, rtcp] = await bindAll([first, first + 1])
      if (rtp !== undefined && rtcp !== undefined) return new RtpPhone(rtp, rtcp)
    }
  }

  sdp(options: SdpOptions = {}): string {
    return [
      'v=0',
      `o=phone ${this.port} 1 IN IP4 127.0.0.1`,
      's=-',
      `c=IN IP4 ${options.address ?? '127.0.0.1'}`,
      't=0 0',
      `m=audio ${this.port} RTP/AVP ${options.formats ?? '0 101'}`,
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

  press(digit: string): void {
    const timestamp = (this.#timestamp += 1_600)
    for (const { marker, payload } of encodeKeyPress(digit, 100)) this.say('', { payloadType: 101, marker, payload, timestamp })
  }

  sendBytes(bytes: Buffer, port = this.#target): void {
    this.#rtp.send(bytes, port, '127.0.0.1')
  }

  sendRtcp(bytes: Buffer): void {
    this.#rtcp.send(bytes, this.#target + 1, '127.0.0.1')
  }

  /** Says the text every 20 ms until the next call, or until `hush`. */
  stream(text: string): void {
    this.hush()
    this.say(text)
    this.#stream = setInterval(() => this.say(text), 20)
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

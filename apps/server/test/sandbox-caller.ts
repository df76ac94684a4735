import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { silentLogger, systemClock, systemTimers } from '@dialtone/foundation'
import { buildRtpPacket, decodeG711, hearsTone, parseRtpPacket, type RtpPacket } from '@dialtone/media'
import { type BodyPart, createSipStack, type IncomingInvite, type LegEvent, type OutgoingInvite, type SipLeg, type SipStack } from '@dialtone/sip'

const LOOPBACK = '127.0.0.1'
/** Enough to tell frequencies 10 Hz apart. */
const FRAMES_TO_HEAR = 10

/** The switch as the sandbox sees it, reduced to one SIP stack and one RTP socket. */
export class SandboxCaller {
  readonly sip: SipStack
  readonly #rtp: Socket
  readonly #heard: RtpPacket[] = []
  #onPacket: () => void = () => undefined
  port = 0

  private constructor(sip: SipStack, rtp: Socket) {
    this.sip = sip
    this.#rtp = rtp
    rtp.on('message', (bytes) => {
      const packet = parseRtpPacket(bytes)
      if (packet !== undefined) this.#heard.push(packet)
      this.#onPacket()
    })
  }

  static async start(): Promise<SandboxCaller> {
    const rtp = createSocket('udp4')
    rtp.bind(0, LOOPBACK)
    await once(rtp, 'listening')
    const options = { listen: { host: LOOPBACK, udpPort: 0 }, publicAddress: LOOPBACK, clock: systemClock, timers: systemTimers, logger: silentLogger }
    const caller = new SandboxCaller(createSipStack(options), rtp)
    const started = await caller.sip.start()
    if (!started.ok) throw new Error(started.error.message)
    caller.port = started.value.udpPort
    return caller
  }

  async stop(): Promise<void> {
    await this.sip.stop()
    this.#rtp.close()
  }

  /** @param address what the description names, which need not be where we are */
  description(address = LOOPBACK): string {
    const lines = [
      'v=0',
      `o=- 1 1 IN IP4 ${address}`,
      's=-',
      `c=IN IP4 ${address}`,
      't=0 0',
      `m=audio ${this.#rtp.address().port} RTP/AVP 0`,
      'a=rtpmap:0 PCMU/8000',
      '',
    ]
    return lines.join('\r\n')
  }

  call(
    user: string,
    peer: { readonly address: string; readonly port: number },
    options: { readonly headers?: readonly (readonly [string, string])[]; readonly parts?: readonly BodyPart[]; readonly address?: string } = {},
  ): Call {
    const uri = `sip:${user}@${peer.address}:${peer.port}`
    const body = this.description(options.address)
    const outgoing = this.sip.invite({
      uri,
      to: { transport: 'udp', ...peer },
      from: '<sip:caller@127.0.0.1>',
      toHeader: `<${uri}>`,
      headers: options.headers ?? [],
      body,
      parts: options.parts ?? [],
    })
    return { outgoing, events: new LegEvents(outgoing.leg) }
  }

  /** Sends 20 ms of sound to where a description points. */
  speak(description: string, payload: Buffer, sequenceNumber: number): void {
    const packet = buildRtpPacket({ marker: false, payloadType: 0, sequenceNumber, timestamp: sequenceNumber * 160, ssrc: 7, payload })
    this.#rtp.send(packet, portOf(description), LOOPBACK)
  }

  /** Waits until sound arrived that passes. */
  async hear(passes: (packets: readonly RtpPacket[]) => boolean): Promise<void> {
    while (!passes(this.#heard)) await new Promise<void>((resolve) => (this.#onPacket = resolve))
  }

  /** Waits until the last frames are this tone. */
  hearTone(frequenciesHz: readonly number[]): Promise<void> {
    return this.hear((packets) => {
      const frames = packets.slice(-FRAMES_TO_HEAR)
      return frames.length === FRAMES_TO_HEAR && hearsTone(decodeG711('PCMU', Buffer.concat(frames.map((frame) => frame.payload))), frequenciesHz)
    })
  }

  nextInvite(): Promise<IncomingInvite> {
    return new Promise((resolve) => this.sip.onInvite(resolve))
  }
}

/** The events of a leg, to be waited for. */
export class LegEvents {
  readonly #events: LegEvent[] = []
  #onEvent: () => void = () => undefined

  constructor(leg: SipLeg) {
    leg.onEvent((event) => {
      this.#events.push(event)
      this.#onEvent()
    })
  }

  async next<Type extends LegEvent['type']>(type: Type): Promise<Extract<LegEvent, { type: Type }>> {
    for (;;) {
      const found = this.#events.find((event): event is Extract<LegEvent, { type: Type }> => event.type === type)
      if (found !== undefined) return found
      await new Promise<void>((resolve) => (this.#onEvent = resolve))
    }
  }
}

export interface Call {
  readonly outgoing: OutgoingInvite
  readonly events: LegEvents
}

export function portOf(description: string): number {
  return Number(/^m=audio (\d+)/m.exec(description)?.[1])
}

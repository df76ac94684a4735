import { VoiceConverter } from '../../codecs/voice-converter.ts'
import { payloadOffset } from '../../rtp/rtp-packet.ts'
import type { PacketConversion } from './worker-protocol.ts'

const MARKER = 0x80
const HAS_PADDING = 0x20

interface Conversion {
  readonly voice: VoiceConverter
  readonly payloadType: number
}

/** Makes packets of one side such as the other side speaks, in place: number, time and length stay. */
export class PacketConverter {
  readonly #conversions: ReadonlyMap<number, Conversion>

  constructor(conversions: readonly PacketConversion[]) {
    this.#conversions = new Map(
      conversions.map(({ payloadType, from, to, toPayloadType }) => [payloadType, { voice: new VoiceConverter(from, to), payloadType: toPayloadType }]),
    )
  }

  /** Called for every packet. */
  convert(packet: Buffer, ssrc: number): void {
    const typeOctet = packet[1] ?? 0
    const conversion = this.#conversions.get(typeOctet & ~MARKER)
    if (conversion === undefined) return
    const padding = ((packet[0] ?? 0) & HAS_PADDING) === 0 ? 0 : (packet.at(-1) ?? 0)
    packet[1] = (typeOctet & MARKER) | conversion.payloadType
    conversion.voice.convert(ssrc, packet, payloadOffset(packet), packet.length - padding)
  }
}

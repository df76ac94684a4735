import { isTelephoneEncoding } from '../../codecs/telephone-codec.ts'
import type { LegEncryption } from '../../sdp/encryption-negotiation.ts'
import type { LocalStream } from '../../sdp/local-negotiation.ts'
import type { PayloadFormat } from '../../sdp/payload-format.ts'
import type { RemoteStream } from '../../sdp/remote-stream.ts'
import { TELEPHONE_EVENT, telephoneEventOf } from '../../sdp/telephone-event-format.ts'
import type { SideAgreement } from './worker-protocol.ts'

/** What holds for a side when its description and that of the other side are in force. */
export function relayAgreement(own: RemoteStream, other: RemoteStream, encryption: LegEncryption | undefined): SideAgreement {
  const inbound = own.sends && other.receives
  return {
    rtp: own.rtp,
    rtcp: own.rtcp,
    rtcpMux: own.rtcpMux && other.rtcpMux,
    receives: own.receives,
    // One that holds may play music or nothing at all, and one that is held has nothing to say (RFC 3264 8.4, RFC 6337 5.3).
    // A fax machine is silent while its paper moves.
    shouldSend: inbound && own.receives && other.sends && !own.isFax,
    isFax: own.isFax && other.isFax,
    encryption,
    formats: formatsOfPackets(own.formats, other.formats),
    telephoneEvent: telephoneEventOf(own.formats),
    relaysEvents: telephoneEventOf(other.formats) !== undefined,
    local: undefined,
  }
}

/**
 * How our own end would speak to a side whose media is relayed: in G.711 or G.722, if that is what both of them speak now. undefined: it cannot take the
 * other side's place without asking, because of another codec or because somebody holds.
 */
export function ownEndFormat(own: RemoteStream, other: RemoteStream): SideAgreement['local'] {
  const isTalk = [own, other].every((stream) => stream.sends && stream.receives)
  const spoken = commonAudio(other, own)
  return isTalk && spoken !== undefined && isTelephoneEncoding(spoken.encoding) ? heldEndFormat(own, other) : undefined
}

/** How our own end would speak to a side that listens, whatever the other side does meanwhile. */
export function heldEndFormat(own: RemoteStream, other: RemoteStream): SideAgreement['local'] {
  const format = own.receives ? commonAudio(own, other) : undefined
  if (format === undefined) return undefined
  const { encoding, payloadType } = format
  return isTelephoneEncoding(encoding) ? { encoding, payloadType } : undefined
}

/** What comes first of what the other one speaks too. */
export function commonAudio(own: RemoteStream, other: RemoteStream): PayloadFormat | undefined {
  const common = own.formats.filter((format) =>
    other.formats.some(({ encoding, clockRateHz }) => encoding === format.encoding && clockRateHz === format.clockRateHz),
  )
  return common.find(({ encoding }) => encoding !== TELEPHONE_EVENT && encoding !== 'CN')
}

/** What holds for a side that our own end talks to. */
export function localAgreement(stream: LocalStream): SideAgreement {
  const { remote, encoding, payloadType, telephoneEventPayloadType, encryption } = stream
  const audio: PayloadFormat = { payloadType, encoding, clockRateHz: 8000 }
  const events: PayloadFormat[] =
    telephoneEventPayloadType === undefined ? [] : [{ payloadType: telephoneEventPayloadType, encoding: TELEPHONE_EVENT, clockRateHz: 8000 }]
  return {
    rtp: remote.rtp,
    rtcp: remote.rtcp,
    rtcpMux: false,
    receives: remote.receives,
    shouldSend: remote.sends && remote.receives,
    encryption,
    formats: [audio, ...events],
    telephoneEvent: events[0],
    relaysEvents: false,
    local: { encoding, payloadType },
  }
}

/** The media goes past us: nothing is taken from a side and nothing is sent to it. */
export const PASSED_AGREEMENT: SideAgreement = {
  rtp: undefined,
  rtcp: undefined,
  rtcpMux: false,
  receives: false,
  shouldSend: false,
  encryption: undefined,
  formats: [],
  telephoneEvent: undefined,
  relaysEvents: false,
  local: undefined,
}

/**
 * A sender uses the payload types of the description it was given, that of the other side (RFC 3264 6.1). Some use their
 * own all the same: those count where the other side gives the number no meaning.
 */
function formatsOfPackets(own: readonly PayloadFormat[], other: readonly PayloadFormat[]): readonly PayloadFormat[] {
  const given = new Set(other.map(({ payloadType }) => payloadType))
  return [...other, ...own.filter(({ payloadType }) => !given.has(payloadType))]
}

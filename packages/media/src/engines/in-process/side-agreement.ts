import { isTelephoneEncoding } from '../../codecs/telephone-codec.ts'
import type { SourceRule } from '../../rtp/source-lock.ts'
import type { LegEncryption } from '../../sdp/encryption-negotiation.ts'
import type { LocalStream } from '../../sdp/local-negotiation.ts'
import { converts, isConvertible, type MediaTerms } from '../../sdp/media-terms.ts'
import type { PayloadFormat } from '../../sdp/payload-format.ts'
import type { RemoteStream } from '../../sdp/remote-stream.ts'
import { TELEPHONE_EVENT, telephoneEventOf } from '../../sdp/telephone-event-format.ts'
import type { PacketConversion, SideAgreement } from './worker-protocol.ts'

/** One side of a session whose media is relayed. */
export interface RelayedParty {
  readonly stream: RemoteStream
  readonly terms: MediaTerms | undefined
  /** The address its SIP comes from; undefined: not known. */
  readonly signalledFrom?: string | undefined
}

/** What holds for a side when its description and that of the other side are in force. */
export function relayAgreement(ownParty: RelayedParty, otherParty: RelayedParty, encryption: LegEncryption | undefined): SideAgreement {
  const [own, other] = [ownParty.stream, otherParty.stream]
  const inbound = own.sends && other.receives
  const formats = formatsOfPackets(own.formats, other.formats)
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
    formats,
    telephoneEvent: telephoneEventOf(own.formats),
    relaysEvents: telephoneEventOf(other.formats) !== undefined,
    ...(ownParty.terms?.digits === 'inband' ? { keysAsTones: heldEndFormat(ownParty, otherParty) } : {}),
    ...(converts(ownParty.terms, otherParty.terms) ? { conversions: conversionsOf(formats, other.formats) } : {}),
    ...sourcesOf(ownParty.terms),
    signalledFrom: ownParty.signalledFrom,
    local: undefined,
  }
}

/** What a side says in a codec that the other one does not speak goes on in the first of its own. */
function conversionsOf(formats: readonly PayloadFormat[], accepted: readonly PayloadFormat[]): readonly PacketConversion[] {
  const target = accepted.find(isConvertible)
  if (target === undefined) return []
  return formats.flatMap(({ payloadType, encoding }) =>
    !isTelephoneEncoding(encoding) || !isTelephoneEncoding(target.encoding) || accepted.some((format) => format.encoding === encoding)
      ? []
      : [{ payloadType, from: encoding, to: target.encoding, toPayloadType: target.payloadType }],
  )
}

export function sourcesOf(terms: MediaTerms | undefined): { readonly sources?: SourceRule } {
  if (terms?.addresses === undefined && terms?.isStrict !== true) return {}
  return { sources: { addresses: terms.addresses, isStrict: terms.isStrict === true } }
}

/**
 * How our own end would speak to a side whose media is relayed: in G.711 or G.722, if that is what both of them speak now. undefined: it cannot take the
 * other side's place without asking, because of another codec or because somebody holds.
 */
export function ownEndFormat(own: RelayedParty, other: RelayedParty): SideAgreement['local'] {
  const isTalk = [own, other].every(({ stream }) => stream.sends && stream.receives)
  const spoken = commonAudio(other, own)
  return isTalk && spoken !== undefined && isTelephoneEncoding(spoken.encoding) ? heldEndFormat(own, other) : undefined
}

/** How our own end would speak to a side that listens, whatever the other side does meanwhile. */
export function heldEndFormat(own: RelayedParty, other: RelayedParty): SideAgreement['local'] {
  const format = own.stream.receives ? commonAudio(own, other) : undefined
  if (format === undefined) return undefined
  const { encoding, payloadType } = format
  return isTelephoneEncoding(encoding) ? { encoding, payloadType } : undefined
}

/** What comes first of what the other one speaks too, or of what is converted into what it speaks. */
export function commonAudio(own: RelayedParty, other: RelayedParty): PayloadFormat | undefined {
  const { formats } = other.stream
  const common = own.stream.formats.filter((format) =>
    formats.some(({ encoding, clockRateHz }) => encoding === format.encoding && clockRateHz === format.clockRateHz),
  )
  const shared = common.find(({ encoding }) => encoding !== TELEPHONE_EVENT && encoding !== 'CN')
  if (shared !== undefined || !converts(own.terms, other.terms) || !formats.some(isConvertible)) return shared
  return own.stream.formats.find(isConvertible)
}

/** What holds for a side that our own end talks to. */
export function localAgreement(stream: LocalStream, { terms, signalledFrom }: Omit<RelayedParty, 'stream'>): SideAgreement {
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
    ...(terms?.digits === 'inband' ? { keysAsTones: { encoding, payloadType }, hearsTones: true } : {}),
    ...sourcesOf(terms),
    signalledFrom,
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

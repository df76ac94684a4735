import { err, ok, type Result } from '@dialtone/foundation'
import type { TelephoneEncoding } from '../codecs/telephone-codec.ts'
import { attribute } from './attribute.ts'
import { cryptoField } from './crypto-attribute.ts'
import {
  answerEncryption,
  offerEncryption,
  readAnsweredEncryption,
  type LegEncryption,
  type OfferedEncryption,
  type OwnMaster,
  type StreamSecurity,
} from './encryption-negotiation.ts'
import { directionFrom } from './media-direction.ts'
import { admitStream, takesEvents, type MediaTerms } from './media-terms.ts'
import { parseSessionDescription } from './parse-session-description.ts'
import { payloadFormats, type PayloadFormat } from './payload-format.ts'
import { isPlainAudio, isRelayableAudio, readRemoteStream, type RemoteStream } from './remote-stream.ts'
import { connectionField, refuseStream, withTimingOf } from './rewrite-description.ts'
import { signDescription, type EndpointFor, type LocalEndpoint, type SentDescription } from './sent-description.ts'
import type { MediaDescription, SdpFailure, SdpField, SessionDescription } from './session-description.ts'

/** What our own end of a stream has agreed on. */
export interface LocalStream {
  readonly remote: RemoteStream
  readonly encoding: TelephoneEncoding
  readonly payloadType: number
  readonly telephoneEventPayloadType: number | undefined
  /** undefined: plain RTP. */
  readonly encryption: LegEncryption | undefined
}

/** What we prefer to speak, and the payload types we offer it under (RFC 3551 table 4; 101 is the custom for events). */
const OFFERED: readonly PayloadFormat[] = [
  { payloadType: 0, encoding: 'PCMU', clockRateHz: 8000 },
  { payloadType: 8, encoding: 'PCMA', clockRateHz: 8000 },
  { payloadType: 101, encoding: 'TELEPHONE-EVENT', clockRateHz: 8000 },
]

/** For those who may not use G.711. */
const WIDEBAND: PayloadFormat = { payloadType: 9, encoding: 'G722', clockRateHz: 8000 }

const PLAIN: StreamSecurity = { protocol: 'RTP/AVP', crypto: [] }
const NOT_ASKED: OfferedEncryption = { accepted: undefined, asked: 'none', ours: [] }

interface LocalInput {
  /** What was arranged with the other side. */
  readonly terms?: MediaTerms | undefined
  readonly sent: SentDescription | undefined
}

/**
 * An offer of our own end: one audio stream, PCMU and PCMA with DTMF, or what the terms allow, with the keys of `ownEncryption`; no stream when we speak
 * nothing of that (RFC 3264 section 5).
 */
export function createLocalOffer(input: LocalInput & { readonly local: LocalEndpoint; readonly security?: StreamSecurity }): SentDescription {
  const formats = offeredFormats(input.terms)
  const media = formats.length === 0 ? [] : [audioSection(input.security ?? PLAIN, formats, input.local, 'sendrecv')]
  return signDescription(ownDescription([{ type: 't', value: '0 0' }], media, input.local), input.local, input.sent)
}

function offeredFormats(terms: MediaTerms | undefined): readonly PayloadFormat[] {
  const [speech, events] = [OFFERED.filter(({ encoding }) => encoding !== 'TELEPHONE-EVENT'), OFFERED.filter(({ encoding }) => encoding === 'TELEPHONE-EVENT')]
  const allowed = terms?.codecs?.flatMap((codec) => [...speech, WIDEBAND].filter(({ encoding }) => encoding === codec)) ?? speech
  return allowed.length > 0 && takesEvents(terms) ? [...allowed, ...events] : allowed
}

/**
 * Answers an offer with our own end (RFC 3264 section 6): the first codec of the first audio stream that we can carry,
 * DTMF and SRTP when offered, every other stream refused.
 */
export function answerLocally(
  input: LocalInput & { readonly text: string; readonly ownMaster: OwnMaster; readonly localFor: EndpointFor },
): Result<{ readonly sent: SentDescription; readonly stream: LocalStream }, SdpFailure> {
  const parsed = parseSessionDescription(input.text)
  if (!parsed.ok) return parsed
  const offer = parsed.value
  const index = offer.media.findIndex((section) => section.port !== 0 && isRelayableAudio(section))
  const offered = offer.media[index]
  if (offered === undefined) return err({ code: 'UnsupportedMedia', message: 'no audio stream that can be carried is offered' })
  const stream = readLocalStream(offer, offered, input.terms)
  if (!stream.ok) return stream
  const { remote } = stream.value
  const local = input.localFor(remote.addressType)
  const direction = directionFrom({ sends: remote.receives, receives: remote.sends })
  const { leg: encryption, onward } = answerEncryption(offerEncryption(offered, 'none', input.ownMaster), offered, input.ownMaster)
  const answered = audioSection(onward, agreedFormats(stream.value), local, direction)
  const media = offer.media.map((section, position) => (position === index ? answered : refuseStream(section)))
  const description = withTimingOf(offer, ownDescription([], media, local))
  return ok({ sent: signDescription(description, local, input.sent), stream: { ...stream.value, encryption } })
}

/** Reads the answer to `createLocalOffer`. */
export function readLocalAnswer(text: string, terms?: MediaTerms, offered: OfferedEncryption = NOT_ASKED): Result<LocalStream, SdpFailure> {
  const parsed = parseSessionDescription(text)
  if (!parsed.ok) return parsed
  const [answered] = parsed.value.media
  if (answered?.media !== 'audio') return err({ code: 'BadSessionDescription', message: 'the audio stream is not answered' })
  const isSpokenTo = offered.asked === 'none' ? isPlainAudio(answered) : isRelayableAudio(answered)
  if (answered.port === 0 || !isSpokenTo) return err({ code: 'UnsupportedMedia', message: 'the audio stream is refused' })
  const encryption = readAnsweredEncryption(offered, answered)
  if (!encryption.ok) return encryption
  const stream = readLocalStream(parsed.value, answered, terms)
  return stream.ok ? ok({ ...stream.value, encryption: encryption.value }) : stream
}

function readLocalStream(description: SessionDescription, described: MediaDescription, terms: MediaTerms | undefined): Result<LocalStream, SdpFailure> {
  const media = admitStream(described, terms) ?? { ...described, formats: [] }
  const remote = readRemoteStream(description, media)
  if (!remote.ok) return remote
  const formats = payloadFormats(media)
  // G.711 needs no conversion and loses nothing that a prompt holds: G.722 is for those who speak nothing else.
  const spoken = formats.find(isSpoken(['PCMU', 'PCMA'])) ?? formats.find(isSpoken(['G722']))
  if (spoken === undefined) return err({ code: 'NoCommonCodec', message: `neither G.711 nor G.722 among ${described.formats.slice(0, 16).join(' ')}` })
  const { encoding, payloadType } = spoken
  const event = remote.value.formats.find((format) => format.encoding === 'TELEPHONE-EVENT' && format.clockRateHz === 8000)
  return ok({ remote: remote.value, encoding, payloadType, telephoneEventPayloadType: event?.payloadType, encryption: undefined })
}

function isSpoken(encodings: readonly TelephoneEncoding[]) {
  return (format: PayloadFormat): format is PayloadFormat & { readonly encoding: TelephoneEncoding } =>
    format.clockRateHz === 8000 && encodings.some((encoding) => encoding === format.encoding)
}

function agreedFormats(stream: LocalStream): readonly PayloadFormat[] {
  const audio = { payloadType: stream.payloadType, encoding: stream.encoding, clockRateHz: 8000 }
  const event = stream.telephoneEventPayloadType
  return event === undefined ? [audio] : [audio, { payloadType: event, encoding: 'TELEPHONE-EVENT', clockRateHz: 8000 }]
}

function audioSection(security: StreamSecurity, formats: readonly PayloadFormat[], local: LocalEndpoint, direction: string): MediaDescription {
  const fields: SdpField[] = formats.flatMap(({ payloadType, encoding, clockRateHz }) => {
    const name = encoding === 'TELEPHONE-EVENT' ? 'telephone-event' : encoding
    const map = attribute('rtpmap', `${payloadType} ${name}/${clockRateHz}`)
    return name === 'telephone-event' ? [map, attribute('fmtp', `${payloadType} 0-15`)] : [map]
  })
  fields.push(attribute('ptime', 20), attribute(direction), ...security.crypto.map(cryptoField))
  const { protocol } = security
  return { media: 'audio', port: local.rtpPort, portCount: undefined, protocol, formats: formats.map(({ payloadType }) => String(payloadType)), fields }
}

/** The origin is put on when it is signed. */
function ownDescription(timing: readonly SdpField[], media: readonly MediaDescription[], local: LocalEndpoint): SessionDescription {
  const origin = { username: '-', sessionId: local.sessionId, sessionVersion: '0', addressType: 'IP4', address: local.address }
  return { origin, sessionName: '-', fields: [connectionField(local), ...timing], media }
}

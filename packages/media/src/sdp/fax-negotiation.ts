import { err, ok, type Result } from '@dialtone/foundation'
import { attribute, attributeOf } from './attribute.ts'
import { parseSessionDescription } from './parse-session-description.ts'
import { isFaxImage, readRemoteStream, type RemoteStream } from './remote-stream.ts'
import { connectionField, refuseStream, withTimingOf } from './rewrite-description.ts'
import { signDescription, type EndpointFor, type LocalEndpoint, type SentDescription } from './sent-description.ts'
import type { MediaDescription, SdpFailure, SessionDescription } from './session-description.ts'

/** The other end of a fax that we receive or send ourselves. */
export interface FaxStream {
  readonly remote: RemoteStream
  /** The largest datagram it takes (T38FaxMaxDatagram). */
  readonly maxDatagramBytes: number
  /** The fastest its modem is (T38MaxBitRate). */
  readonly maxBitRate: number
}

const MAX_BIT_RATE = 14_400
/** What fits an Ethernet frame with room to spare; with the packets before, a sender needs no more. */
const OWN_MAX_DATAGRAM_BYTES = 1_400
/** What our own fax machine takes. */
export const OWN_FAX_LIMITS = { maxDatagramBytes: OWN_MAX_DATAGRAM_BYTES, maxBitRate: MAX_BIT_RATE } as const
/** Of who says nothing of it: what gateways take at least. */
const USUAL_MAX_DATAGRAM_BYTES = 400
/** Some say 72, meaning a packet without those before it. */
const LEAST_MAX_DATAGRAM_BYTES = 72

/** Whether a description offers, or takes up, T.38 over UDPTL. */
export function offersFax(text: string): boolean {
  const parsed = parseSessionDescription(text)
  return parsed.ok && parsed.value.media.some((section) => section.port !== 0 && isFaxImage(section))
}

/** An offer of T.38 in place of the speech (ITU-T T.38 annex D, RFC 3264 8.3.3). */
export function createFaxOffer(local: LocalEndpoint, sent: SentDescription | undefined): SentDescription {
  const ended: MediaDescription = { media: 'audio', port: 0, portCount: undefined, protocol: 'RTP/AVP', formats: ['0'], fields: [] }
  const others = Array.from({ length: Math.max(0, (sent?.streams ?? 1) - 1) }, () => ended)
  return signDescription(describe([faxSection(local), ...others], local), local, sent)
}

/** Answers an offer of T.38: every other stream is refused. */
export function answerFax(input: {
  readonly text: string
  readonly localFor: EndpointFor
  readonly sent: SentDescription | undefined
}): Result<{ readonly sent: SentDescription; readonly stream: FaxStream }, SdpFailure> {
  const parsed = parseSessionDescription(input.text)
  if (!parsed.ok) return parsed
  const index = parsed.value.media.findIndex((section) => section.port !== 0 && isFaxImage(section))
  const stream = readFaxStream(parsed.value, index)
  if (!stream.ok) return stream
  const local = input.localFor(stream.value.remote.addressType)
  const media = parsed.value.media.map((section, position) => (position === index ? faxSection(local) : refuseStream(section)))
  const description = withTimingOf(parsed.value, { ...describe(media, local), fields: [connectionField(local)] })
  return ok({ sent: signDescription(description, local, input.sent), stream: stream.value })
}

/** Reads the answer to `createFaxOffer`. */
export function readFaxAnswer(text: string): Result<FaxStream, SdpFailure> {
  const parsed = parseSessionDescription(text)
  if (!parsed.ok) return parsed
  const index = parsed.value.media.findIndex((section) => section.port !== 0 && isFaxImage(section))
  return readFaxStream(parsed.value, index)
}

function readFaxStream(description: SessionDescription, index: number): Result<FaxStream, SdpFailure> {
  const media = description.media[index]
  if (media === undefined) return err({ code: 'UnsupportedMedia', message: 'T.38 is not taken up' })
  const remote = readRemoteStream(description, media)
  if (!remote.ok) return remote
  const text = attributeOf(media.fields, 'T38FaxMaxDatagram') ?? ''
  const named = /^\d{1,5}$/.test(text) && Number(text) > 0 ? Number(text) : USUAL_MAX_DATAGRAM_BYTES
  const maxDatagramBytes = Math.min(Math.max(named, LEAST_MAX_DATAGRAM_BYTES), OWN_MAX_DATAGRAM_BYTES)
  const rate = attributeOf(media.fields, 'T38MaxBitRate') ?? ''
  const maxBitRate = /^\d{4,6}$/.test(rate) ? Math.min(Number(rate), MAX_BIT_RATE) : MAX_BIT_RATE
  return ok({ remote: remote.value, maxDatagramBytes, maxBitRate })
}

/** ITU-T T.38 table D.1. */
function faxSection(local: LocalEndpoint): MediaDescription {
  const fields = [
    attribute('T38FaxVersion', 0),
    attribute('T38MaxBitRate', MAX_BIT_RATE),
    attribute('T38FaxRateManagement', 'transferredTCF'),
    attribute('T38FaxMaxDatagram', OWN_MAX_DATAGRAM_BYTES),
    attribute('T38FaxUdpEC', 't38UDPRedundancy'),
  ]
  return { media: 'image', port: local.rtpPort, portCount: undefined, protocol: 'udptl', formats: ['t38'], fields }
}

/** The origin is put on when it is signed. */
function describe(media: readonly MediaDescription[], local: LocalEndpoint): SessionDescription {
  const origin = { username: '-', sessionId: local.sessionId, sessionVersion: '0', addressType: 'IP4', address: local.address }
  return { origin, sessionName: '-', fields: [connectionField(local), { type: 't', value: '0 0' }], media }
}

import { attribute, attributeName } from './attribute.ts'
import { cryptoField } from './crypto-attribute.ts'
import type { StreamSecurity } from './encryption-negotiation.ts'
import { addressTypeOf } from './ip-address.ts'
import type { LocalEndpoint } from './sent-description.ts'
import type { MediaDescription, SdpField, SessionDescription } from './session-description.ts'

/**
 * Attributes that speak of the author's own addresses or of a transport handshake with the author: behind our relay both
 * would be untrue. ICE: RFC 8839; DTLS: RFC 8842 and RFC 8122; source filter: RFC 4570.
 */
const OWN_TRANSPORT_ATTRIBUTES: ReadonlySet<string> = new Set([
  'candidate',
  'remote-candidates',
  'end-of-candidates',
  'ice-ufrag',
  'ice-pwd',
  'ice-options',
  'ice-lite',
  'ice-mismatch',
  'ice-pacing',
  'fingerprint',
  'setup',
  'connection',
  'tls-id',
  'source-filter',
  'bundle-only',
  // Keys belong to one leg (RFC 4568 7.1): ours are put in their place.
  'crypto',
])

/**
 * Makes a description ours to pass on: our address and port for the stream in use, every other stream refused (port 0),
 * addresses and keys of the author removed; the rest stays as it is, directions included.
 * `held` keeps the c=0.0.0.0 of a hold by address (RFC 3264 8.4).
 */
export function rewriteDescription(
  description: SessionDescription,
  used: { readonly streamIndex: number; readonly held: boolean; readonly security: StreamSecurity },
  local: LocalEndpoint,
): SessionDescription {
  return {
    ...description,
    fields: withConnection(description.fields.filter(isKeptAtSession), used.held ? heldConnection(local) : connectionField(local)),
    media: description.media.map((media, index) => (index === used.streamIndex ? passStream(media, used.security, local) : refuseStream(media))),
  }
}

/** The stream as it must stand in an answer, or in an offer that does not want it (RFC 3264 section 6). */
export function refuseStream(media: MediaDescription): MediaDescription {
  return { ...media, port: 0, portCount: undefined, fields: [] }
}

export function connectionField(local: LocalEndpoint): SdpField {
  return { type: 'c', value: `IN ${addressTypeOf(local.address)} ${local.address}` }
}

/** `t=` of an answer has to equal that of the offer (RFC 3264 section 6). */
export function withTimingOf(offer: SessionDescription, answer: SessionDescription): SessionDescription {
  const timing = offer.fields.filter(({ type }) => type === 't' || type === 'r' || type === 'z')
  const position = answer.fields.findIndex(({ type }) => type === 't')
  const rest = answer.fields.filter(({ type }) => type !== 't' && type !== 'r' && type !== 'z')
  return { ...answer, fields: rest.toSpliced(position === -1 ? headerLength(rest, 'iuepcb') : position, 0, ...timing) }
}

function passStream(media: MediaDescription, security: StreamSecurity, local: LocalEndpoint): MediaDescription {
  if (media.port === 0) return refuseStream(media)
  const fields = media.fields.flatMap((field) => {
    const name = attributeName(field)
    // RFC 8866 5.12: a key in k= is not to be used, and is nobody else's business.
    if (field.type === 'c' || field.type === 'k' || (name !== undefined && OWN_TRANSPORT_ATTRIBUTES.has(name))) return []
    return name === 'rtcp' ? [attribute('rtcp', local.rtcpPort)] : [field]
  })
  const protocol = security.protocol
  return { ...media, port: local.rtpPort, portCount: undefined, protocol, fields: [...fields, ...security.crypto.map(cryptoField)] }
}

function isKeptAtSession(field: SdpField): boolean {
  const name = attributeName(field)
  if (name === 'group') return !/^group\s*:\s*BUNDLE/i.test(field.value)
  return field.type !== 'c' && field.type !== 'k' && (name === undefined || !OWN_TRANSPORT_ATTRIBUTES.has(name))
}

function heldConnection(local: LocalEndpoint): SdpField {
  return { type: 'c', value: addressTypeOf(local.address) === 'IP6' ? 'IN IP6 ::' : 'IN IP4 0.0.0.0' }
}

/** One `c=` for the session, in its place after i= u= e= p= (RFC 8866 section 5). */
function withConnection(fields: readonly SdpField[], connection: SdpField): readonly SdpField[] {
  return fields.toSpliced(headerLength(fields, 'iuep'), 0, connection)
}

function headerLength(fields: readonly SdpField[], types: string): number {
  const end = fields.findIndex(({ type }) => !types.includes(type))
  return end === -1 ? fields.length : end
}

import { err, ok, type Result } from '@dialtone/foundation'
import { attributeOf } from './attribute.ts'
import { usableCrypto } from './crypto-attribute.ts'
import { addressTypeOf, isGroupAddress, isIpv4, isIpv6, isUnspecifiedAddress, type AddressType } from './ip-address.ts'
import { directionOf, receives, sends } from './media-direction.ts'
import { parseConnection, parseSessionDescription } from './parse-session-description.ts'
import { payloadFormats, type PayloadFormat } from './payload-format.ts'
import type { Connection, MediaDescription, SdpFailure, SessionDescription } from './session-description.ts'

/** An address and a UDP port. */
export interface MediaAddress {
  readonly address: string
  readonly port: number
}

/** What a description says about the one audio stream that is used. */
export interface RemoteStream {
  /** Where its author wants RTP; undefined when no address is known: on hold by address, refused, or a host name. */
  readonly rtp: MediaAddress | undefined
  /** Where its author wants RTCP when it does not share the RTP port. */
  readonly rtcp: MediaAddress | undefined
  /** The family it wants media in; undefined when it names no address of its own. */
  readonly addressType: AddressType | undefined
  /** Its author will send. */
  readonly sends: boolean
  /** Its author wants to receive: neither sendonly nor inactive, nor c=0.0.0.0, nor port 0. */
  readonly receives: boolean
  /** c=0.0.0.0, the hold of RFC 2543, still to be understood (RFC 3264 8.4). */
  readonly heldByAddress: boolean
  /** RTP and RTCP on one port (RFC 5761). */
  readonly rtcpMux: boolean
  /** Of audio; a fax has none. */
  readonly formats: readonly PayloadFormat[]
  /** T.38 in datagrams of its own (UDPTL): passed as they are. */
  readonly isFax: boolean
}

const PLAIN_PROTOCOLS: ReadonlySet<string> = new Set(['RTP/AVP', 'RTP/AVPF'])
const SECURE_PROTOCOLS: ReadonlySet<string> = new Set(['RTP/SAVP', 'RTP/SAVPF'])

/** Audio over plain RTP. */
export function isPlainAudio(media: MediaDescription): boolean {
  return media.media === 'audio' && PLAIN_PROTOCOLS.has(media.protocol.toUpperCase())
}

/** Fax as T.38 over UDPTL (ITU-T T.38 annex D). */
export function isFaxImage(media: MediaDescription): boolean {
  return media.media === 'image' && media.protocol.toLowerCase() === 'udptl' && media.formats.some((format) => format.toLowerCase() === 't38')
}

/** Whether the profile is SRTP (RFC 3711, RFC 5124). */
export function isSecureProtocol(protocol: string): boolean {
  return SECURE_PROTOCOLS.has(protocol.toUpperCase())
}

/** Audio we can carry: plain RTP, or SRTP with a key in the description that we can use (RFC 4568). */
export function isRelayableAudio(media: MediaDescription): boolean {
  if (isPlainAudio(media)) return true
  return media.media === 'audio' && isSecureProtocol(media.protocol) && usableCrypto(media).length > 0
}

/** The `c=` that counts for a stream: its own, else that of the session (RFC 8866 5.7). */
export function connectionOf(description: SessionDescription, media: MediaDescription): Connection | undefined {
  const field = media.fields.find(({ type }) => type === 'c') ?? description.fields.find(({ type }) => type === 'c')
  return field === undefined ? undefined : parseConnection(field.value)
}

/** The family a description wants media in; undefined: it has none, or asks for silence. */
export function describedAddressType(text: string): AddressType | undefined {
  const parsed = parseSessionDescription(text)
  const used = parsed.ok ? parsed.value.media.find(({ port }) => port !== 0) : undefined
  const address = parsed.ok && used !== undefined ? connectionOf(parsed.value, used)?.address : undefined
  return address === undefined || isUnspecifiedAddress(address) ? undefined : addressTypeOf(address)
}

/** Reads what a description says about one of its streams. */
export function readRemoteStream(description: SessionDescription, media: MediaDescription): Result<RemoteStream, SdpFailure> {
  const connection = connectionOf(description, media)
  if (connection === undefined && media.port !== 0) return err({ code: 'BadSessionDescription', message: 'no c= for the audio stream' })
  const address = connection?.address ?? ''
  if (isGroupAddress(address)) return err({ code: 'UnsupportedMedia', message: `group address ${address}` })
  const heldByAddress = isUnspecifiedAddress(address)
  const known = media.port !== 0 && !heldByAddress && (isIpv4(address) || isIpv6(address))
  const direction = directionOf(description, media)
  const isFax = isFaxImage(media)
  return ok({
    rtp: known ? { address, port: media.port } : undefined,
    rtcp: known && !isFax ? rtcpAddress(media, address) : undefined,
    addressType: known ? addressTypeOf(address) : undefined,
    sends: media.port !== 0 && sends(direction),
    receives: media.port !== 0 && !heldByAddress && receives(direction),
    heldByAddress,
    rtcpMux: attributeOf(media.fields, 'rtcp-mux') !== undefined,
    formats: isFax ? [] : payloadFormats(media),
    isFax,
  })
}

/** The next port, unless `a=rtcp` says otherwise (RFC 3605). */
function rtcpAddress(media: MediaDescription, address: string): MediaAddress | undefined {
  const [, portText, ownAddress] = /^(\d{1,5})(?:\s+IN\s+IP[46]\s+(\S+))?$/i.exec(attributeOf(media.fields, 'rtcp') ?? '') ?? []
  const port = portText === undefined ? media.port + 1 : Number(portText)
  const host = ownAddress !== undefined && (isIpv4(ownAddress) || isIpv6(ownAddress)) && !isGroupAddress(ownAddress) ? ownAddress : address
  return port >= 1 && port <= 65_535 && !isUnspecifiedAddress(host) ? { address: host, port } : undefined
}

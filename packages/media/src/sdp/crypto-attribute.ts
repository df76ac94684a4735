import { SRTP_SUITES, srtpSuite, type SrtpMaster, type SrtpSuite } from '../srtp/srtp-suite.ts'
import { attribute, attributesOf } from './attribute.ts'
import type { MediaDescription, SdpField } from './session-description.ts'

/** One `a=crypto` line that we can use. */
export interface CryptoAttribute {
  readonly tag: number
  readonly master: SrtpMaster
}

/** RFC 4568 6.1: a packet count as a power of two or a number, at most that of RFC 3711 9.2. */
const MAX_LIFETIME = 2 ** 48
const MAX_LINES = 32
const MAX_MKI_BYTES = 128

/**
 * The `a=crypto` lines of a stream that we can use, in order of preference (RFC 4568 5.1.2): other suites, several keys, and lines that
 * ask for less protection or for more than we do are passed over; a repeated tag counts once.
 */
export function usableCrypto(media: MediaDescription): readonly CryptoAttribute[] {
  const usable = new Map<number, CryptoAttribute>()
  for (const value of attributesOf(media.fields, 'crypto').slice(0, MAX_LINES)) {
    const line = parseCrypto(value)
    if (line !== undefined && !usable.has(line.tag)) usable.set(line.tag, line)
  }
  return [...usable.values()]
}

/** Whether there is any `a=crypto` line, usable or not. */
export function hasCrypto(media: MediaDescription): boolean {
  return attributesOf(media.fields, 'crypto').length > 0
}

export function cryptoField({ tag, master }: CryptoAttribute): SdpField {
  return attribute('crypto', `${tag} ${master.suite} inline:${master.keyAndSalt}`)
}

/** The suites we offer to a side: the mandatory ones of RFC 4568 6.2, and AES-256 (RFC 6188) where somebody asked for it by name. */
export function suitesToOffer(asked: ReadonlySet<string>): readonly SrtpSuite[] {
  return SRTP_SUITES.filter((suite) => suite.keyBytes === 16 || asked.has(suite.name))
}

/** `<tag> <crypto-suite> <key-params> [<session-params>]` (RFC 4568 9.2). */
function parseCrypto(value: string): CryptoAttribute | undefined {
  const [tagText, suiteName, keyParameters, ...sessionParameters] = value.split(/\s+/)
  if (tagText === undefined || !/^\d{1,9}$/.test(tagText) || keyParameters === undefined) return undefined
  const suite = srtpSuite(suiteName ?? '')
  if (suite === undefined || !sessionParameters.every(isHarmless)) return undefined
  const key = parseInlineKey(keyParameters, suite)
  return key === undefined ? undefined : { tag: Number(tagText), master: { suite: suite.name, ...key } }
}

/** `inline:<key||salt>[|lifetime][|MKI:length]` (RFC 4568 6.1). One key may have an MKI, which its owner puts into what it sends; ours have none. */
function parseInlineKey(parameters: string, suite: SrtpSuite): Omit<SrtpMaster, 'suite'> | undefined {
  const [, key, rest] = /^inline:([A-Za-z0-9+/]{8,128}={0,2})((?:\|[^|;]*)*)$/i.exec(parameters) ?? []
  if (key === undefined || rest === undefined) return undefined
  const parts = rest.split('|').slice(1)
  const mkiBytes = parts.at(-1)?.includes(':') === true ? mkiBytesOf(parts.pop() ?? '') : 0
  const [lifetime, ...more] = parts
  if (mkiBytes === undefined || more.length > 0 || (lifetime !== undefined && !isLifetime(lifetime))) return undefined
  const bytes = Buffer.from(key, 'base64')
  if (bytes.length !== suite.keyBytes + suite.saltBytes) return undefined
  return { keyAndSalt: bytes.toString('base64'), ...(mkiBytes === 0 ? {} : { mkiBytes }) }
}

/** `<MKI>:<its length in bytes>`, 1 to 128 of them (RFC 4568 6.1). */
function mkiBytesOf(text: string): number | undefined {
  const length = Number(/^[1-9]\d{0,38}:([1-9]\d{0,2})$/.exec(text)?.[1])
  return length <= MAX_MKI_BYTES ? length : undefined
}

function isLifetime(text: string): boolean {
  const [, exponent, count] = /^(?:2\^(\d{1,2})|(\d{1,15}))$/.exec(text) ?? []
  const packets = exponent === undefined ? Number(count ?? 0) : 2 ** Number(exponent)
  return packets >= 1 && packets <= MAX_LIFETIME
}

/**
 * RFC 4568 6.3: a window hint is one, no key derivation rate is what we do, and an extension marked `-` may be passed over (6.3.7). UNENCRYPTED_SRTP,
 * UNENCRYPTED_SRTCP and UNAUTHENTICATED_SRTP take away what the line is for; FEC, other rates and unknown ones we do not speak.
 */
function isHarmless(parameter: string): boolean {
  return parameter === '' || parameter.startsWith('-') || /^(?:WSH=\d+|KDR=0)$/i.test(parameter)
}

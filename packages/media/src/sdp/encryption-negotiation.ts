import { err, ok, type Result } from '@dialtone/foundation'
import type { SrtpMaster, SrtpSuite } from '../srtp/srtp-suite.ts'
import { hasCrypto, suitesToOffer, usableCrypto, type CryptoAttribute } from './crypto-attribute.ts'
import { parseSessionDescription } from './parse-session-description.ts'
import { isSecureProtocol } from './remote-stream.ts'
import type { MediaDescription, SdpFailure } from './session-description.ts'

/**
 * How a side is asked for SRTP: not at all; in RTP/AVP with keys, which it may leave unanswered (RFC 8643); in RTP/SAVP, which it has to speak;
 * or as the other side asked.
 */
export type MediaEncryption = 'none' | 'optional' | 'required' | 'asOffered'

/** Our master key for what we send to a side under a suite: the same as long as the side is the same party (RFC 4568 7.1.4). */
export type OwnMaster = (suite: string) => SrtpMaster

/** What one leg protects its packets with. */
export interface LegEncryption {
  readonly inbound: SrtpMaster
  readonly outbound: SrtpMaster
}

/** How a stream is written to a side. */
export interface StreamSecurity {
  readonly protocol: string
  readonly crypto: readonly CryptoAttribute[]
}

/** What came with an offer and what went on with it; each leg has keys of its own. */
export interface OfferedEncryption {
  /** The offerer's line that will be answered. */
  readonly accepted: CryptoAttribute | undefined
  readonly asked: Exclude<MediaEncryption, 'asOffered'>
  /** Our lines towards the answerer. */
  readonly ours: readonly CryptoAttribute[]
}

/** How the author of a description wants its audio protected; undefined: it describes no audio, or none we can read. */
export function describedEncryption(text: string): Exclude<MediaEncryption, 'asOffered'> | undefined {
  const parsed = parseSessionDescription(text)
  const audio = parsed.ok ? parsed.value.media.find(({ media }) => media === 'audio') : undefined
  return audio === undefined ? undefined : askedBy(audio)
}

/** How our own end asks a side for SRTP. `inUse`: the suite the side speaks already. */
export function ownEncryption(
  asked: Exclude<MediaEncryption, 'asOffered'>,
  ownMaster: OwnMaster,
  inUse?: string,
): OfferedEncryption & { readonly onward: StreamSecurity } {
  const ours = asked === 'none' ? [] : linesOf(suitesToOffer(new Set([inUse ?? ''])), ownMaster)
  return { accepted: undefined, asked, ours, onward: { protocol: profile(asked === 'required', 'RTP/AVP'), crypto: ours } }
}

/** Decides how an offer goes on (RFC 4568 7.1.1, RFC 8643 3.1). The profile keeps its feedback (RFC 4585, 5124). `inUse`: the suite its recipient speaks already. */
export function offerEncryption(
  media: MediaDescription,
  policy: MediaEncryption,
  ownMaster: OwnMaster,
  inUse?: string,
): OfferedEncryption & { readonly onward: StreamSecurity } {
  // Keys are for RTP: a fax in datagrams of its own has none.
  if (!media.protocol.toUpperCase().startsWith('RTP/'))
    return { accepted: undefined, asked: 'none', ours: [], onward: { protocol: media.protocol, crypto: [] } }
  const lines = usableCrypto(media)
  const asked = policy === 'asOffered' ? askedBy(media) : policy
  const ours = asked === 'none' ? [] : linesOf(suitesToOffer(new Set([...lines.map(({ master }) => master.suite), inUse ?? ''])), ownMaster)
  return { accepted: lines[0], asked, ours, onward: { protocol: profile(asked === 'required', media.protocol), crypto: ours } }
}

/** Reads which of our lines was answered (RFC 4568 7.1.3): undefined: the leg is plain, as RFC 8643 allows. */
export function readAnsweredEncryption(offer: OfferedEncryption, answered: MediaDescription): Result<LegEncryption | undefined, SdpFailure> {
  if (offer.asked === 'none' || answered.port === 0) return ok(undefined)
  if (offer.asked === 'optional' && !hasCrypto(answered) && !isSecureProtocol(answered.protocol)) return ok(undefined)
  for (const line of usableCrypto(answered)) {
    const own = offer.ours.find(({ tag, master }) => tag === line.tag && master.suite === line.master.suite)
    if (own !== undefined) return ok({ inbound: line.master, outbound: own.master })
  }
  return err({ code: 'BadSessionDescription', message: 'none of the offered keys for SRTP is answered' })
}

/** Our answer to the offerer: its tag, our key (RFC 4568 7.1.2), under the profile it offered. */
export function answerEncryption(
  offer: OfferedEncryption,
  offered: MediaDescription,
  ownMaster: OwnMaster,
): { readonly leg: LegEncryption | undefined; readonly onward: StreamSecurity } {
  const { accepted } = offer
  if (accepted === undefined) return { leg: undefined, onward: { protocol: offered.protocol, crypto: [] } }
  const own = ownMaster(accepted.master.suite)
  return { leg: { inbound: accepted.master, outbound: own }, onward: { protocol: offered.protocol, crypto: [{ tag: accepted.tag, master: own }] } }
}

function linesOf(suites: readonly SrtpSuite[], ownMaster: OwnMaster): readonly CryptoAttribute[] {
  return suites.map(({ name }, index) => ({ tag: index + 1, master: ownMaster(name) }))
}

function askedBy(media: MediaDescription): 'none' | 'optional' | 'required' {
  if (isSecureProtocol(media.protocol)) return 'required'
  return hasCrypto(media) ? 'optional' : 'none'
}

function profile(secure: boolean, offered: string): string {
  const feedback = offered.toUpperCase().endsWith('F') ? 'F' : ''
  return `RTP/${secure ? 'S' : ''}AVP${feedback}`
}

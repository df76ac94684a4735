import { quote } from '../message/quoted-string.ts'
import type { Header, SipResponse } from '../message/sip-message.ts'
import { type AuthParameters, parseAuthParameters } from './auth-parameters.ts'
import { computeDigestResponse, computeHa1, type DigestAlgorithm, DIGEST_ALGORITHMS, digestAlgorithmOf } from './digest-hash.ts'

export interface ChallengeAnswerOptions {
  /** The 401 or 407. */
  readonly response: SipResponse
  /** Method and Request-URI of the request that is sent again. */
  readonly method: string
  readonly uri: string
  readonly username: string
  readonly password: string
  /** Random, for each answer another. */
  readonly cnonce: string
  /** How many requests, this one included, were sent with the nonce of the challenge; from 1. */
  readonly nonceCount: number
}

/**
 * The header that answers the strongest Digest challenge of a 401 or 407 (RFC 3261 22.2, 22.3; RFC 8760 2.4).
 * @returns undefined when there is none that can be answered here: another scheme or algorithm, or only qop=auth-int
 */
export function answerChallenge(o: ChallengeAnswerOptions): Header | undefined {
  return answersByRealm(o, true)[0]?.header
}

/** A header that answers a challenge, and the realm it is for. */
export interface RealmAnswer {
  readonly realm: string
  /** The nonce of ours had merely grown old (RFC 7616 3.3). */
  readonly stale: boolean
  readonly header: Header
}

/** RFC 3261 22.3: proxies on the way may each challenge for a realm of theirs; of each the strongest challenge is answered. */
export function answerChallenges(o: ChallengeAnswerOptions): readonly RealmAnswer[] {
  return answersByRealm(o, false)
}

/** More realms are not asked for on any honest way. */
const MAX_REALMS = 8

function answersByRealm(o: ChallengeAnswerOptions, onlyFirst: boolean): readonly RealmAnswer[] {
  const isProxy = o.response.statusCode === 407
  const challenges = o.response.headers(isProxy ? 'proxy-authenticate' : 'www-authenticate').map(parseAuthParameters)
  const answers = new Map<string, RealmAnswer>()
  for (const algorithm of DIGEST_ALGORITHMS) {
    for (const challenge of challenges) {
      if (challenge === undefined || !isAnswerable(challenge, algorithm)) continue
      const realm = challenge.parameters.get('realm') ?? ''
      if (answers.has(realm) || answers.size >= MAX_REALMS) continue
      const stale = challenge.parameters.get('stale')?.toLowerCase() === 'true'
      answers.set(realm, { realm, stale, header: [isProxy ? 'Proxy-Authorization' : 'Authorization', credentialsFor(challenge.parameters, algorithm, o)] })
      if (onlyFirst) break
    }
    if (onlyFirst && answers.size > 0) break
  }
  return [...answers.values()]
}

function isAnswerable({ scheme, parameters }: AuthParameters, algorithm: DigestAlgorithm): boolean {
  if (scheme !== 'digest' || digestAlgorithmOf(parameters.get('algorithm')) !== algorithm) return false
  return parameters.has('realm') && parameters.has('nonce') && (parameters.get('qop') === undefined || offersAuth(parameters))
}

function offersAuth(parameters: ReadonlyMap<string, string>): boolean {
  const offered = parameters.get('qop')?.toLowerCase().split(',') ?? []
  return offered.some((qop) => qop.trim() === 'auth')
}

function credentialsFor(challenge: ReadonlyMap<string, string>, algorithm: DigestAlgorithm, o: ChallengeAnswerOptions): string {
  const realm = challenge.get('realm') ?? ''
  const nonce = challenge.get('nonce') ?? ''
  const opaque = challenge.get('opaque')
  const nonceCount = o.nonceCount.toString(16).padStart(8, '0')
  const qop = offersAuth(challenge) ? { name: 'auth', nonceCount, cnonce: o.cnonce } : undefined
  const ha1 = computeHa1(algorithm, o.username, realm, o.password)
  const response = computeDigestResponse(algorithm, ha1, { method: o.method, uri: o.uri, nonce, qop })
  const parts = [`username=${quote(o.username)}`, `realm=${quote(realm)}`, `nonce=${quote(nonce)}`, `uri=${quote(o.uri)}`, `response="${response}"`]
  if (challenge.has('algorithm')) parts.push(`algorithm=${algorithm}`)
  if (qop !== undefined) parts.push(`cnonce=${quote(o.cnonce)}`, 'qop=auth', `nc=${nonceCount}`)
  if (opaque !== undefined) parts.push(`opaque=${quote(opaque)}`)
  return `Digest ${parts.join(', ')}`
}

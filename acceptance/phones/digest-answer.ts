import { createHash, randomBytes } from 'node:crypto'
import { type SipText, statusOf, valuesOf } from './sip-text.ts'

export type Algorithm = 'MD5' | 'SHA-256'

export interface DigestLogin {
  readonly sipUsername: string
  readonly sipPassword: string
}

/**
 * The credentials header for a 401 or 407 (RFC 7616, qop=auth). A phone that can do better than the challenge offers
 * uses its nonce with the stronger algorithm: most phones in the field give up when they are offered more than MD5.
 * @throws when there is no Digest challenge
 */
export function answerDigest(
  challenge: SipText,
  login: DigestLogin,
  method: string,
  uri: string,
  algorithm: Algorithm,
  nonceCount = 1,
): readonly [string, string] {
  const isProxy = statusOf(challenge) === 407
  const offered = valuesOf(challenge, isProxy ? 'proxy-authenticate' : 'www-authenticate').map(readChallenge)
  const chosen = offered.find((parameters) => (parameters.get('algorithm') ?? 'MD5') === algorithm) ?? offered[0]
  if (chosen === undefined) throw new Error('the server sent no challenge')
  const hash = (text: string): string =>
    createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(text)
      .digest('hex')
  const [realm = '', nonce = ''] = [chosen.get('realm'), chosen.get('nonce')]
  const count = nonceCount.toString(16).padStart(8, '0')
  const clientNonce = randomBytes(8).toString('hex')
  const response = hash(`${hash(`${login.sipUsername}:${realm}:${login.sipPassword}`)}:${nonce}:${count}:${clientNonce}:auth:${hash(`${method}:${uri}`)}`)
  const value =
    `Digest username="${login.sipUsername}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}", ` +
    `algorithm=${algorithm}, qop=auth, nc=${count}, cnonce="${clientNonce}"${chosen.has('opaque') ? `, opaque="${chosen.get('opaque')}"` : ''}`
  return [isProxy ? 'Proxy-Authorization' : 'Authorization', value]
}

function readChallenge(value: string): ReadonlyMap<string, string> {
  const found = value.replace(/^Digest\s+/i, '').matchAll(/([a-z]+)\s*=\s*(?:"([^"]*)"|([^\s,]+))/gi)
  return new Map([...found].map(([, name = '', quoted, bare]) => [name.toLowerCase(), quoted ?? bare ?? '']))
}

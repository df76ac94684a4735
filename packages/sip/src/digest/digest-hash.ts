import { hash } from 'node:crypto'

/** The algorithms of RFC 8760 this stack offers and answers. */
export type DigestAlgorithm = 'MD5' | 'SHA-256'

/** Strongest first, which is the order challenges stand in (RFC 8760 2.3). */
export const DIGEST_ALGORITHMS: readonly DigestAlgorithm[] = ['SHA-256', 'MD5']

/** The algorithm a challenge or credentials name; MD5 when they name none (RFC 7616 3.3). @returns undefined for one not known here */
export function digestAlgorithmOf(token: string | undefined): DigestAlgorithm | undefined {
  if (token === undefined || token === 'MD5') return 'MD5'
  const name = token.toUpperCase()
  return DIGEST_ALGORITHMS.find((algorithm) => algorithm === name)
}

/** H(data) as hex digits (RFC 7616 3.3). Text is hashed as UTF-8. */
export function digestHash(algorithm: DigestAlgorithm, data: string): string {
  return hash(algorithm === 'MD5' ? 'md5' : 'sha256', data, 'hex')
}

/** H(username:realm:password), what is kept instead of a password (RFC 7616 3.4.2). @returns hex digits */
export function computeHa1(algorithm: DigestAlgorithm, username: string, realm: string, password: string): string {
  return digestHash(algorithm, `${username}:${realm}:${password}`)
}

/** What goes into a response besides the password. */
export interface DigestInput {
  readonly method: string
  readonly uri: string
  readonly nonce: string
  /** undefined: without qop, as RFC 2069 did. */
  readonly qop: { readonly name: string; readonly nonceCount: string; readonly cnonce: string } | undefined
}

/** The response (RFC 7616 3.4.1), without qop that of RFC 2069. @returns hex digits */
export function computeDigestResponse(algorithm: DigestAlgorithm, ha1: string, input: DigestInput): string {
  const ha2 = computeHa2(algorithm, `${input.method}:${input.uri}`)
  const middle = input.qop === undefined ? '' : `${input.qop.nonceCount}:${input.qop.cnonce}:${input.qop.name}:`
  return digestHash(algorithm, `${ha1}:${input.nonce}:${middle}${ha2}`)
}

/** The last one of each algorithm: phones that register all name the same server. */
const lastHa2 = { MD5: { input: '', ha2: '' }, 'SHA-256': { input: '', ha2: '' } }

function computeHa2(algorithm: DigestAlgorithm, input: string): string {
  const last = lastHa2[algorithm]
  if (last.input !== input) lastHa2[algorithm] = { input, ha2: digestHash(algorithm, input) }
  return lastHa2[algorithm].ha2
}

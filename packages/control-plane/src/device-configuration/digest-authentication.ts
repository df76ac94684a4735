import { createHash, timingSafeEqual } from 'node:crypto'
import type { Sealer } from '../access/index.ts'

export const REALM = 'Device configuration'
const PURPOSE = 'device-configuration-nonce'
/** A phone fetches all its files within that time; then it is asked again, and answers again (`stale`). */
const NONCE_LIFE_MS = 300_000
const MAX_HEADER_CHARACTERS = 2_048

/** What a request says of who it is; undefined: nothing. */
export type GivenLogin =
  | { readonly scheme: 'basic'; readonly username: string; readonly password: string }
  | { readonly scheme: 'digest'; readonly username: string; readonly fields: Readonly<Record<string, string>> }

export function readAuthorization(header: string | undefined): GivenLogin | undefined {
  if (header === undefined || header.length > MAX_HEADER_CHARACTERS) return undefined
  const [scheme = '', rest = ''] = header.split(/ (.*)/s)
  if (scheme.toLowerCase() === 'basic') {
    const [username = '', password = ''] = Buffer.from(rest, 'base64').toString('utf8').split(/:(.*)/s)
    return { scheme: 'basic', username, password }
  }
  if (scheme.toLowerCase() !== 'digest') return undefined
  const fields: Record<string, string> = {}
  for (const [, name = '', quoted, plain] of rest.matchAll(/([a-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/gi)) {
    fields[name.toLowerCase()] = quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? ''
  }
  return { scheme: 'digest', username: fields['username'] ?? '', fields }
}

/** RFC 7616 and RFC 7617. MD5, because phones know nothing else; the password is random and long. */
export function challenges(sealer: Sealer, nowMs: number, isStale: boolean): readonly string[] {
  const slot = String(nowMs)
  const nonce = Buffer.from(`${slot}.${sealer.sign(slot, PURPOSE)}`, 'utf8').toString('base64url')
  return [`Digest realm="${REALM}", qop="auth", algorithm=MD5, nonce="${nonce}"${isStale ? ', stale=true' : ''}`, `Basic realm="${REALM}", charset="UTF-8"`]
}

/** Takes the same time whoever's password it is compared with. */
export function isRightPassword(
  sealer: Sealer,
  login: GivenLogin,
  password: string,
  o: { readonly method: string; readonly fileName: string; readonly nowMs: number },
): 'right' | 'wrong' | 'stale' {
  if (login.scheme === 'basic') return isEqual(login.password, password) ? 'right' : 'wrong'
  const { fields, username } = login
  const { nonce = '', uri = '', response = '', qop, nc = '', cnonce = '' } = fields
  const a1 = md5(`${username}:${REALM}:${password}`)
  const a2 = md5(`${o.method}:${uri}`)
  const expected = qop === undefined ? md5(`${a1}:${nonce}:${a2}`) : md5(`${a1}:${nonce}:${nc}:${cnonce}:${qop}:${a2}`)
  const madeAtMs = nonceTime(sealer, nonce)
  // RFC 7616 3.4.6: what was said for one file opens no other.
  const isForFile = fileNameOf(uri) === o.fileName
  if (madeAtMs === undefined || !isEqual(expected, response.toLowerCase()) || !isForFile) return 'wrong'
  return o.nowMs - madeAtMs > NONCE_LIFE_MS ? 'stale' : 'right'
}

/** Phones write the whole address, or its path alone. */
function fileNameOf(uri: string): string | undefined {
  try {
    return decodeURIComponent(/([^/?#]*)(?:[?#].*)?$/s.exec(uri)?.[1] ?? '').toLowerCase()
  } catch {
    return undefined
  }
}

function nonceTime(sealer: Sealer, nonce: string): number | undefined {
  const [slot = '', signature = ''] = Buffer.from(nonce, 'base64url').toString('utf8').split('.')
  return /^\d{1,16}$/.test(slot) && sealer.isSigned(slot, PURPOSE, signature) ? Number(slot) : undefined
}

function md5(text: string): string {
  return createHash('md5').update(text, 'utf8').digest('hex')
}

function isEqual(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest()
  return timingSafeEqual(digest(one), digest(other))
}

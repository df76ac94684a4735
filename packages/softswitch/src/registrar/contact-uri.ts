import { parseUri } from '@dialtone/sip'
import type { SipUri } from '@dialtone/sip'

/** Parameters that make two URIs different even when only one of them has it (RFC 3261 19.1.4). */
const DECISIVE_PARAMETERS = ['user', 'ttl', 'method', 'maddr', 'transport']

/** Whether two contacts are the same binding: URI equality of RFC 3261 19.1.4, for sip and sips. */
export function isSameContact(one: string, other: string): boolean {
  if (one === other) return true
  const left = parseUri(one)
  const right = parseUri(other)
  return left !== undefined && right !== undefined && isSameUri(left, right)
}

function isSameUri(left: SipUri, right: SipUri): boolean {
  if (left.scheme !== right.scheme || left.host !== right.host || left.port !== right.port) return false
  if (unescapeUser(left.user) !== unescapeUser(right.user) || left.password !== right.password || left.headers !== right.headers) return false
  for (const name of DECISIVE_PARAMETERS) if (!isSameValue(left.parameters.get(name), right.parameters.get(name))) return false
  for (const [name, value] of left.parameters) {
    const counterpart = right.parameters.get(name)
    if (counterpart !== undefined && !isSameValue(value, counterpart)) return false
  }
  return true
}

function isSameValue(one: string | undefined, other: string | undefined): boolean {
  return one?.toLowerCase() === other?.toLowerCase()
}

/** %41 and A are the same character; what cannot be unescaped stays as it is. */
function unescapeUser(user: string): string {
  return user.replaceAll(/%[0-9a-f]{2}/gi, (escape) => {
    const code = Number.parseInt(escape.slice(1), 16)
    return code < 128 ? String.fromCharCode(code) : escape.toUpperCase()
  })
}

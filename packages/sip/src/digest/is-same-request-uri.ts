import { parseUri, userOf } from '../message/sip-uri.ts'

/**
 * Whether the URI in credentials means the Request-URI. RFC 7616 3.4.6 wants the same resource; phones leave out port and
 * parameters, write sip for sips, or name the realm where the request names the address of the server, so: same user, and a host
 * that is the same or the realm's.
 */
export function isSameRequestUri(uri: string, requestUri: string, realm: string): boolean {
  if (uri === requestUri) return true
  const named = parseUri(uri)
  const requested = parseUri(requestUri)
  if (named === undefined || requested === undefined || userOf(named) !== userOf(requested)) return false
  return named.host === requested.host || named.host === realm.toLowerCase()
}

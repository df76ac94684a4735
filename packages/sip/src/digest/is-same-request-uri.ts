import { parseUri, userOf } from '../message/sip-uri.ts'

/**
 * Whether the URI in credentials can mean the Request-URI. RFC 7616 3.4.6 wants the same resource, but phones leave out port and
 * parameters, write sip for sips, and name the server by its address, its name or the realm, often without the user. Who answered
 * the challenge is proven by the response, and the nonce count forbids using it twice; so only another user's name is refused.
 */
export function isSameRequestUri(uri: string, requestUri: string): boolean {
  if (uri === requestUri) return true
  const named = parseUri(uri)
  const requested = parseUri(requestUri)
  // SIPp writes an address of IPv6 as it writes one of IPv4, without brackets: no URI, but nobody's name either.
  if (named === undefined && /^sips?:[0-9a-f:]+$/i.test(uri)) return true
  if (named === undefined || requested === undefined) return false
  return named.user === '' || userOf(named) === userOf(requested)
}

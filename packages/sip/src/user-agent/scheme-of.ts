/**
 * The scheme of our Contact in answer to a request, or in one: sips when the Request-URI is, for the Contact of a dialog that has to
 * be secure must be as secure (RFC 3261 8.1.1.8, 12.1.1, RFC 5630 5.1.1).
 * @param uri a Request-URI
 */
export function schemeOf(uri: string): 'sip' | 'sips' {
  return uri.slice(0, 5).toLowerCase() === 'sips:' ? 'sips' : 'sip'
}

import { userOf } from '@dialtone/sip'
import type { SipRequest } from '@dialtone/sip'

/** RFC 3261 sets no limit to a user part; nobody dials more than that. */
const LONGEST_DIALED = 64

/**
 * What was dialed: the user part of the Request-URI without its parameters (RFC 3261 19.1.6: sip:+1…;npdi@…), the tel number, or a
 * service URN as it stands (RFC 5031).
 */
export function dialedText(request: SipRequest): string {
  return request.uri === undefined ? '' : dialedIn(request.uri, request.uriText)
}

/** The same of To: for whom a call is that comes to our own Contact. */
export function calledText(request: SipRequest): string {
  return dialedIn(request.to.uri, request.to.uriText)
}

function dialedIn(uri: Parameters<typeof userOf>[0], uriText: string): string {
  if (uri.scheme === 'urn') return uriText.slice(0, LONGEST_DIALED)
  const user = userOf(uri)
  const parametersAt = user.indexOf(';')
  return user.slice(0, parametersAt < 0 ? LONGEST_DIALED : Math.min(parametersAt, LONGEST_DIALED))
}

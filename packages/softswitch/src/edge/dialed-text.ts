import { userOf } from '@dialtone/sip'
import type { SipRequest } from '@dialtone/sip'

/** RFC 3261 sets no limit to a user part; nobody dials more than that. */
const LONGEST_DIALED = 64

/** What was dialed: the user part of the Request-URI without its parameters (RFC 3261 19.1.6: sip:+1…;npdi@…), or the tel number. */
export function dialedText(request: SipRequest): string {
  if (request.uri === undefined) return ''
  return (userOf(request.uri).split(';')[0] ?? '').slice(0, LONGEST_DIALED)
}

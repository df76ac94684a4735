import { headerProblem } from './check-headers.ts'
import { messageViewOf } from './message-view-of.ts'
import type { SipResponse } from './sip-message.ts'

/** Whether a response that `parseMessage` read is one the rest of the stack can rely on. False: to be dropped, nothing answers a response (RFC 3261 18.1.2). */
export function checkResponse(response: SipResponse): boolean {
  return headerProblem(messageViewOf(response)) === undefined
}

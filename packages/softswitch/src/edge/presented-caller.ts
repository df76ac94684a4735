import type { CallerIdentity } from '@dialtone/call-routing'
import { userOf } from '@dialtone/sip'
import type { SipRequest } from '@dialtone/sip'
import { assertedCaller, isHiding } from './asserted-caller.ts'

/**
 * Who a customer's PBX says is calling: a number in P-Asserted-Identity or From, an extension in From, or nobody. Whether it may be
 * shown is for the routing to say: a PBX is outside the trust domain (RFC 3325 5).
 */
export function presentedCaller(request: SipRequest): CallerIdentity {
  const { number, name } = assertedCaller(request)
  const user = userOf(request.from.uri)
  return { number: number === '' && /^\d{1,6}$/.test(user) ? user : number, name, anonymous: isHiding(request) }
}

import { inviteReferencesOf } from '../dialog/index.ts'
import type { SipRequest } from '../message/index.ts'
import { Leg } from './leg.ts'
import type { UserAgent } from './user-agent.ts'

/** What is said to an INVITE with Replaces or Join whatever the policy (RFC 3891 3, RFC 3911 4); undefined: the user may decide. */
export function judgeReplaces(userAgent: UserAgent, request: SipRequest): 481 | 486 | 603 | undefined {
  const references = inviteReferencesOf(request)
  if (references === 'malformed') return undefined
  const named = references.replaces ?? references.join
  if (named === undefined) return undefined
  const leg = userAgent.legs.get(named.localTag)
  if (!(leg instanceof Leg) || !leg.matches(named)) return 481
  // The call is over, only its BYE has not been answered yet.
  if (leg.state === 'terminated') return 603
  if (leg.state === 'confirmed') return references.replaces?.earlyOnly === true ? 486 : undefined
  // RFC 3891 3: of early dialogs only those we began ourselves: the phone that rings is ours to take back, who calls us is not.
  return leg.direction === 'incoming' || references.join !== undefined ? 481 : undefined
}

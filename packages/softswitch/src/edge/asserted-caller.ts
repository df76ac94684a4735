import type { CallerIdentity } from '@dialtone/call-routing'
import { normalizePhoneNumber } from '@dialtone/numbering'
import { parseNameAddress, userOf } from '@dialtone/sip'
import type { NameAddress, SipRequest } from '@dialtone/sip'

/** Longer names are cut: RFC 3261 sets no limit, displays do. */
const LONGEST_NAME = 64

/**
 * Who a carrier says is calling: P-Asserted-Identity before From, because carriers are inside the trust domain (RFC 3325
 * 9.1). Phones are not: theirs is never read. Privacy: id and anonymous@anonymous.invalid hide the identity (RFC 3323 4.1.1.3).
 */
export function assertedCaller(request: SipRequest): CallerIdentity {
  const asserted = request.headers('p-asserted-identity').flatMap((text) => parseNameAddress(text) ?? [])
  const identity = asserted.find((address) => numberOf(address) !== undefined) ?? asserted[0] ?? request.from
  const privacy =
    request
      .header('privacy')
      ?.toLowerCase()
      .split(/[;,\s]+/) ?? []
  const anonymous = privacy.some((value) => value === 'id' || value === 'user' || value === 'full') || isAnonymous(request.from)
  const number = numberOf(identity) ?? ''
  return { number, name: isAnonymous(identity) ? '' : identity.displayName.slice(0, LONGEST_NAME), anonymous: anonymous || number === '' }
}

function numberOf(address: NameAddress): string | undefined {
  return normalizePhoneNumber(userOf(address.uri).split(';')[0] ?? '')
}

function isAnonymous(address: NameAddress): boolean {
  return userOf(address.uri).toLowerCase() === 'anonymous' || address.uri.host === 'anonymous.invalid'
}

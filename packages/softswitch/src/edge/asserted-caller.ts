import type { CallerIdentity } from '@dialtone/call-routing'
import { readCarrierNumber } from '@dialtone/numbering'
import type { NumberRule } from '@dialtone/numbering'
import { parseNameAddress, userOf } from '@dialtone/sip'
import type { NameAddress, SipRequest } from '@dialtone/sip'

/** Longer names are cut: RFC 3261 sets no limit, displays do. */
const LONGEST_NAME = 64
/** More identities than any carrier gives: RFC 3325 9.1 allows two. */
const MOST_IDENTITIES = 8

/**
 * Who a carrier says is calling, its numbers read by `rules`. Carriers are inside the trust domain (RFC 3325 2.3), so P-Asserted-Identity comes before
 * Remote-Party-ID, its forerunner, and both before From. Phones are outside: theirs is never read. P-Preferred-Identity is a
 * wish of a phone to its own proxy (RFC 3325 9.2) and says nothing here.
 */
export function assertedCaller(request: SipRequest, rules: readonly NumberRule[] = []): CallerIdentity {
  const numberOf = (address: NameAddress): string | undefined => readCarrierNumber(rules, userOf(address.uri).split(';')[0] ?? '').e164
  const asserted = addressesOf(request, 'p-asserted-identity')
  const remoteParty = asserted.length > 0 ? undefined : addressesOf(request, 'remote-party-id').find(isCallingParty)
  const identity = asserted.find((address) => numberOf(address) !== undefined) ?? asserted[0] ?? remoteParty ?? request.from
  // RFC 3325 9.1: a SIP URI and a tel URI of one caller; the name may stand at the other one.
  const name = [identity, ...asserted].find((address) => address.displayName !== '')
  const anonymous = isHiding(request) || isHiddenParty(remoteParty)
  const number = numberOf(identity) ?? ''
  const shown = name === undefined || isAnonymous(identity) ? '' : name.displayName.slice(0, LONGEST_NAME)
  return { number, name: shown, anonymous: anonymous || number === '' }
}

function addressesOf(request: SipRequest, name: string): readonly NameAddress[] {
  return request
    .headers(name)
    .slice(0, MOST_IDENTITIES)
    .flatMap((text) => parseNameAddress(text) ?? [])
}

/**
 * RFC 3323 4.2, RFC 3325 9.3: `id` and `user` hide the caller, and so does `full` of the draft before them. `header` and
 * `session` hide what a B2BUA hides from everybody: Via, Contact, addresses of media. `critical` asks that nothing of it be
 * left undone, which is the case. `none` says that nothing shall be hidden (4.2), whatever stands beside it.
 */
export function wantsPrivacy(request: SipRequest): boolean {
  const values = request.headers('privacy').flatMap((text) => text.toLowerCase().split(/[;,\s]+/))
  return !values.includes('none') && values.some((value) => value === 'id' || value === 'user' || value === 'full')
}

function isCallingParty(party: NameAddress): boolean {
  return (party.parameters.get('party') ?? 'calling').toLowerCase() === 'calling'
}

/** A phone asks to be hidden: by Privacy, or by the From that RFC 3323 4.1.1.3 gives who hides. That a PBX or a carrier does so says `assertedCaller`. */
export function isHiding(request: SipRequest): boolean {
  return wantsPrivacy(request) || isAnonymous(request.from)
}

function isHiddenParty(party: NameAddress | undefined): boolean {
  const privacy = party?.parameters.get('privacy')?.toLowerCase() ?? 'off'
  return privacy === 'full' || privacy === 'uri'
}

function isAnonymous(address: NameAddress): boolean {
  return userOf(address.uri).toLowerCase() === 'anonymous' || address.uri.host === 'anonymous.invalid'
}

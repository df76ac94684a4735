import type { SipRequest } from '@dialtone/sip'
import { isEmergencyDialed } from '../emergency/is-emergency-dialed.ts'
import type { NumberOwner, SwitchDirectory, SwitchDomain } from '../ports/switch-directory.ts'
import { dialedText } from './dialed-text.ts'

type Domains = Pick<SwitchDirectory, 'domain'>

/** The tenant's domain a request names in its Request-URI (RFC 3261 10.3 step 1, 16.5), if it is one. */
export function requestDomain(directory: Domains, request: SipRequest): SwitchDomain | undefined {
  const host = request.uri?.host
  return host === undefined || host === '' ? undefined : directory.domain?.(nameOf(host))
}

/**
 * The realm a request is judged in: its domain when that serves, else (undefined) the platform's. A call for help is judged in the domain
 * the phone itself is of, so that a foreign or unproven name stands before no emergency call (C-58).
 */
export function requestRealm(directory: Domains, request: SipRequest): string | undefined {
  const domain = requestDomain(directory, request)
  if (domain?.isServing !== true) return undefined
  const isUrgent = request.method === 'INVITE' && isEmergencyDialed(dialedText(request))
  return isUrgent && nameOf(request.from.uri.host) !== domain.name ? undefined : domain.name
}

/**
 * Whether somebody is served at a domain. One that serves is for its owner's people; one that is proven and switched off is for nobody;
 * a mere claim shuts out those of who claims it, and changes nothing for others: else a claim would be a way to shut others out.
 */
export function isServedAt(domain: SwitchDomain | undefined, who: NumberOwner): boolean {
  if (domain === undefined) return true
  const isTheirs = domain.accountId === undefined ? domain.partitionIds.includes(who.partitionId) : domain.accountId === who.accountId
  return domain.isServing ? isTheirs : !domain.isProven && !isTheirs
}

/** RFC 4343: names are compared without case; a dot at the end is the root's. */
function nameOf(host: string): string {
  const name = host.toLowerCase()
  return name.endsWith('.') ? name.slice(0, -1) : name
}

import type { Clock } from '@dialtone/foundation'
import { userOf } from '@dialtone/sip'
import type { Header, IncomingRequest } from '@dialtone/sip'
import { authenticateLine } from '../edge/authenticate-line.ts'
import type { AuthenticationNeeds } from '../edge/authenticate-line.ts'
import { isServedAt, requestDomain } from '../edge/request-domain.ts'
import type { RegistrationStore } from '../ports/registration-store.ts'
import type { SwitchDirectory, SwitchDomain } from '../ports/switch-directory.ts'
import type { RegistrarLimits } from '../softswitch.ts'
import { contactHeaders } from './contact-headers.ts'
import { decideRegistration } from './decide-registration.ts'
import type { RegistrationRequest } from './decide-registration.ts'
import type { LocationTable } from './location-table.ts'
import { readRegistration } from './read-registration.ts'

export interface RegistrarNeeds extends AuthenticationNeeds {
  readonly directory: Pick<SwitchDirectory, 'credentialsOf' | 'admits' | 'domain'>
  readonly locations: LocationTable
  readonly registrations: Pick<RegistrationStore, 'settled'>
  readonly clock: Clock
  readonly limits: RegistrarLimits
}

/** Option tags a REGISTER may require (RFC 3327 5.3, RFC 5626 6). */
export const REGISTER_OPTIONS: readonly string[] = ['path', 'outbound']

/** How often a phone must be heard on a connection, in seconds (RFC 5626 4.4.1: between 95 s and what NATs allow). */
const FLOW_TIMER_SECONDS = 120

/** Answers one REGISTER (RFC 3261 10.3): who is it, may it, what does it change. */
export function handleRegister(needs: RegistrarNeeds, incoming: IncomingRequest): void {
  const { request } = incoming
  const authentication = authenticateLine(needs, { request, source: incoming.source, by: 'registrar' })
  if (authentication.kind === 'challenge') {
    const { statusCode, reasonPhrase, headers } = authentication
    return incoming.respond(statusCode, reasonPhrase === undefined ? { headers } : { reasonPhrase, headers })
  }
  const { line, username } = authentication
  // Step 4: a line may change its own bindings only. Step 5 leaves the domain open: whatever reaches us is ours, unless a tenant claims it.
  if (userOf(request.to.uri) !== username) return incoming.respond(403)
  const domain = requestDomain(needs.directory, request)
  if (!isServedAt(domain, line)) return incoming.respond(403, { reasonPhrase: 'Domain Not Served' })
  // S0-103, C-47: told only to who knows the password.
  if (line.adminState === 'INACTIVE') return incoming.respond(403)
  const asked = readRegistration(incoming, line, domain)
  if ('statusCode' in asked) return incoming.respond(asked.statusCode, { reasonPhrase: asked.reasonPhrase, headers: asked.headers })
  const nowMs = needs.clock.nowMs()
  const decision = decideRegistration(needs.locations.bindingsOf(line.lineId), asked, limitsOf(needs.limits, asked, domain), nowMs)
  if (decision.kind === 'refused') {
    const { statusCode, reasonPhrase, headers } = decision
    return incoming.respond(statusCode, { reasonPhrase, headers })
  }
  needs.locations.apply(line.lineId, decision.bindings, decision.changes)
  const headers = [...contactHeaders(decision.bindings, nowMs), ...extensionHeaders(asked, domain), dateHeader(nowMs)]
  const settled = needs.registrations.settled?.()
  if (settled === undefined) incoming.respond(200, { headers })
  else void settled.then(() => incoming.respond(200, { headers }))
}

/**
 * A phone behind a NAT on UDP is lost when the NAT forgets it: at a domain that wants it kept alive its registration ends so soon that
 * it is renewed in time. Without a NAT, and on connections, which have Flow-Timer, nothing changes.
 */
function limitsOf(limits: RegistrarLimits, asked: RegistrationRequest, domain: SwitchDomain | undefined): RegistrarLimits {
  const keepAlive = domain?.keepAliveSeconds
  if (keepAlive === undefined || asked.source.transport !== 'udp' || asked.path.length > 0) return limits
  if (asked.contacts.every((contact) => contact.uri.host === asked.source.address)) return limits
  const within = (seconds: number): number => Math.min(seconds, keepAlive)
  const { minExpiresSeconds, maxExpiresSeconds, defaultExpiresSeconds } = limits
  return {
    ...limits,
    minExpiresSeconds: within(minExpiresSeconds),
    maxExpiresSeconds: within(maxExpiresSeconds),
    defaultExpiresSeconds: within(defaultExpiresSeconds),
  }
}

/** What the 200 says beyond the contacts. */
function extensionHeaders(asked: RegistrationRequest, domain: SwitchDomain | undefined): readonly Header[] {
  // RFC 3327 5.3: the phone sees the way that was stored.
  const headers: Header[] = asked.path.map((hop) => ['Path', hop])
  if (asked.contacts.some((contact) => contact.regId !== undefined)) {
    // RFC 5626 6, 8.
    headers.push(['Require', 'outbound'])
    const keepAlive = domain?.keepAliveSeconds
    if ((keepAlive !== undefined || asked.source.transport !== 'udp') && asked.path.length === 0)
      headers.push(['Flow-Timer', String(keepAlive ?? FLOW_TIMER_SECONDS)])
  }
  return headers
}

/** RFC 3261 10.3 step 8, 20.17: phones set their clock by it. */
function dateHeader(nowMs: number): Header {
  const second = Math.floor(nowMs / 1000)
  if (second !== lastDate.second) lastDate = { second, header: ['Date', new Date(second * 1000).toUTCString()] }
  return lastDate.header
}

/** Of this second: writing a date takes as long as the rest of the answer. */
let lastDate: { readonly second: number; readonly header: Header } = { second: Number.NaN, header: ['Date', ''] }

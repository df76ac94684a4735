import type { Clock } from '@dialtone/foundation'
import { userOf } from '@dialtone/sip'
import type { IncomingRequest, SipRequest } from '@dialtone/sip'
import { authenticateLine } from '../edge/authenticate-line.ts'
import type { AuthenticationNeeds } from '../edge/authenticate-line.ts'
import type { LineCredentials } from '../ports/switch-directory.ts'
import type { RegistrarLimits } from '../softswitch.ts'
import { contactHeaders, decideRegistration } from './decide-registration.ts'
import type { RegistrationRequest } from './decide-registration.ts'
import type { LocationTable } from './location-table.ts'

export interface RegistrarNeeds extends AuthenticationNeeds {
  readonly locations: LocationTable
  readonly clock: Clock
  readonly limits: RegistrarLimits
}

const LONGEST_USER_AGENT = 128

/** Answers one REGISTER (RFC 3261 10.3): who is it, may it, what does it change. */
export function handleRegister(needs: RegistrarNeeds, incoming: IncomingRequest): void {
  const { request } = incoming
  const authentication = authenticateLine(needs, request, 'registrar')
  if (authentication.kind === 'challenge') return incoming.respond(authentication.statusCode, { headers: authentication.headers })
  const { line, username } = authentication
  // Step 4: a line may change its own bindings only. Step 5 leaves the domain open: every domain that reaches us is ours.
  if (userOf(request.to.uri) !== username) return incoming.respond(403)
  // S0-103, C-47: told only to who knows the password.
  if (line.adminState === 'INACTIVE') return incoming.respond(403)
  const nowMs = needs.clock.nowMs()
  const bindings = needs.locations.bindingsOf(line.lineId)
  const decision = decideRegistration(bindings, requestOf(incoming, line), needs.limits, nowMs)
  if (decision.kind === 'refused') {
    const { statusCode, reasonPhrase, headers } = decision
    return incoming.respond(statusCode, { reasonPhrase, headers })
  }
  needs.locations.apply(line.lineId, decision.bindings, decision.changes)
  return incoming.respond(200, { headers: contactHeaders(decision.bindings, nowMs) })
}

function requestOf(incoming: IncomingRequest, line: LineCredentials): RegistrationRequest {
  const { request, source } = incoming
  return {
    lineId: line.lineId,
    accountId: line.accountId,
    partitionId: line.partitionId,
    contacts: contactsOf(request),
    isStar: request.contactIsStar,
    expires: request.header('expires'),
    callId: request.callId,
    cseq: request.cseq.sequence,
    userAgent: (request.header('user-agent') ?? '').slice(0, LONGEST_USER_AGENT),
    source,
  }
}

function contactsOf(request: SipRequest): RegistrationRequest['contacts'] {
  return request.contacts.map(({ uriText, uri, parameters }) => ({ uriText, uri, expires: parameters.get('expires'), q: qOf(parameters.get('q')) }))
}

/** A q value as RFC 3261 25.1 writes it; another one is forgotten. */
function qOf(text: string | undefined): string | undefined {
  return text !== undefined && /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(text) ? text : undefined
}

import { parseNameAddress } from '@dialtone/sip'
import type { Header, IncomingRequest, SipRequest } from '@dialtone/sip'
import type { LineCredentials, SwitchDomain } from '../ports/switch-directory.ts'
import type { RegistrationRequest, RequestedContact } from './decide-registration.ts'

const LONGEST_USER_AGENT = 128
/** Proxies between a phone and us, and how long each may call itself. */
const MOST_PATH_HOPS = 8
const LONGEST_PATH_HOP = 512
/** RFC 5626 9.1: `<urn:uuid:…>` or another URN, in angle brackets. */
const INSTANCE_ID = /^<[^\s<>"\\]{1,128}>$/
/** RFC 5626 9.1: 1 to 2^31-1. */
const LARGEST_REG_ID = 2 ** 31 - 1

export interface RegistrationProblem {
  readonly statusCode: number
  readonly reasonPhrase: string
  readonly headers: readonly Header[]
}

/** What a REGISTER asks for, or why it cannot be asked. */
export function readRegistration(
  incoming: IncomingRequest,
  line: LineCredentials,
  domain: SwitchDomain | undefined,
): RegistrationRequest | RegistrationProblem {
  const { request, source } = incoming
  const path = request.headers('path')
  if (path.length > MOST_PATH_HOPS || path.some((hop) => hop.length > LONGEST_PATH_HOP || !isRoute(hop))) return problem(400, 'Bad Path')
  const supportsOutbound = request.headers('supported').some((tag) => tag.trim().toLowerCase() === 'outbound')
  const contacts = request.contacts.map((contact) => contactOf(contact, supportsOutbound))
  if (contacts.some((contact) => contact.regId !== undefined) && !firstHopKeepsFlows(request, path)) {
    return problem(439, 'First Hop Lacks Outbound Support')
  }
  return {
    lineId: line.lineId,
    accountId: line.accountId,
    partitionId: line.partitionId,
    contacts,
    isStar: request.contactIsStar,
    expires: request.header('expires'),
    callId: request.callId,
    cseq: request.cseq.sequence,
    userAgent: (request.header('user-agent') ?? '').slice(0, LONGEST_USER_AGENT),
    source,
    path,
    ...(domain?.isServing === true ? { domain: domain.name, isPreferredWay: source.transport === domain.defaultTransport } : {}),
  }
}

/** RFC 5626 6: we are the first hop ourselves, or the proxy that is says `ob` in its Path, the last one. */
function firstHopKeepsFlows(request: SipRequest, path: readonly string[]): boolean {
  if (request.vias.length === 1) return true
  const first = path.at(-1)
  return first !== undefined && parseNameAddress(first)?.uri.parameters.has('ob') === true
}

/** RFC 3327 4: a Path is a route, so that it can be one of ours. */
function isRoute(text: string): boolean {
  const uri = parseNameAddress(text)?.uri
  return uri !== undefined && (uri.scheme === 'sip' || uri.scheme === 'sips') && uri.host !== '' && text.trim().startsWith('<')
}

function contactOf(contact: SipRequest['contacts'][number], supportsOutbound: boolean): RequestedContact {
  const { uriText, uri, parameters } = contact
  const instance = parameters.get('+sip.instance')
  const instanceId = instance !== undefined && INSTANCE_ID.test(instance) ? instance : undefined
  // RFC 5626 6: without an instance, or without `outbound` in Supported, reg-id means nothing.
  const regId = instanceId !== undefined && supportsOutbound ? regIdOf(parameters.get('reg-id')) : undefined
  return { uriText, uri, expires: parameters.get('expires'), q: qOf(parameters.get('q')), instanceId, regId }
}

function regIdOf(text: string | undefined): number | undefined {
  const value = text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : 0
  return value >= 1 && value <= LARGEST_REG_ID ? value : undefined
}

/** A q value as RFC 3261 25.1 writes it; another one is forgotten. */
function qOf(text: string | undefined): string | undefined {
  return text !== undefined && /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(text) ? text : undefined
}

function problem(statusCode: number, reasonPhrase: string): RegistrationProblem {
  return { statusCode, reasonPhrase, headers: [] }
}

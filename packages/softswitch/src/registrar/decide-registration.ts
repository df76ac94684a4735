import type { Header, RemoteAddress, SipUri } from '@dialtone/sip'
import type { BindingChange, StoredBinding } from '../ports/registration-store.ts'
import type { RegistrarLimits } from '../softswitch.ts'
import { isSameContact } from './contact-uri.ts'

/** What a REGISTER of an authenticated line asks for. */
export interface RegistrationRequest {
  readonly lineId: string
  readonly accountId: string
  readonly partitionId: string
  readonly contacts: readonly RequestedContact[]
  /** Contact: * (RFC 3261 10.2.2). */
  readonly isStar: boolean
  /** The Expires header field as it came. */
  readonly expires: string | undefined
  readonly callId: string
  readonly cseq: number
  readonly userAgent: string
  readonly source: RemoteAddress
}

export interface RequestedContact {
  readonly uriText: string
  readonly uri: SipUri
  readonly expires: string | undefined
  readonly q: string | undefined
}

export type RegistrationDecision =
  | {
      readonly kind: 'accepted'
      readonly bindings: readonly StoredBinding[]
      /** What the store has to learn. */
      readonly changes: readonly BindingChange[]
    }
  | { readonly kind: 'refused'; readonly statusCode: number; readonly reasonPhrase: string; readonly headers: readonly Header[] }

const LONGEST_CONTACT = 512
/** RFC 3261 20.19: the largest delta-seconds. */
const LARGEST_EXPIRES = 2 ** 32 - 1

/**
 * RFC 3261 10.3 steps 6 to 8 as a function: the bindings a line has and what it asks → the bindings it will have. All or
 * nothing: a refused request changes no binding.
 * @param bindings the line's own, none of them expired
 */
export function decideRegistration(
  bindings: readonly StoredBinding[],
  request: RegistrationRequest,
  limits: RegistrarLimits,
  nowMs: number,
): RegistrationDecision {
  if (request.isStar) return removeAll(bindings, request)
  let after = bindings
  const changes: BindingChange[] = []
  for (const contact of request.contacts) {
    const expiresSeconds = requestedSeconds(contact.expires ?? request.expires, limits)
    const problem = problemOf(bindings, contact, request, expiresSeconds, limits)
    if (problem !== undefined) return problem
    const before = after.find((binding) => isSameContact(binding.contactUri, contact.uriText))
    const others = after.filter((binding) => binding !== before)
    if (before !== undefined && (expiresSeconds === 0 || before.contactUri !== contact.uriText)) {
      changes.push({ kind: 'remove', lineId: before.lineId, contactUri: before.contactUri })
    }
    if (expiresSeconds === 0) {
      after = others
      continue
    }
    const binding = bindingOf(request, contact, before, expiresSeconds, nowMs)
    after = [...others, binding]
    changes.push({ kind: 'put', binding })
  }
  if (after.length > limits.maxContactsPerLine && after.length > bindings.length) return refuse(403, 'Too Many Contacts')
  return { kind: 'accepted', bindings: after, changes }
}

/** RFC 3261 10.3 step 6: `*` stands alone and only with Expires: 0. */
function removeAll(bindings: readonly StoredBinding[], request: RegistrationRequest): RegistrationDecision {
  if (request.contacts.length > 0 || request.expires?.trim() !== '0') return refuse(400, 'Invalid Wildcard Contact')
  if (bindings.some((binding) => isOutOfOrder(binding, request))) return refuse(500, 'CSeq Out Of Order')
  return { kind: 'accepted', bindings: [], changes: bindings.map(({ lineId, contactUri }) => ({ kind: 'remove', lineId, contactUri })) }
}

function problemOf(
  bindings: readonly StoredBinding[],
  contact: RequestedContact,
  request: RegistrationRequest,
  expiresSeconds: number,
  limits: RegistrarLimits,
): RegistrationDecision | undefined {
  const isSip = contact.uri.scheme === 'sip' || contact.uri.scheme === 'sips'
  if (!isSip || contact.uri.host === '' || contact.uriText.length > LONGEST_CONTACT) return refuse(400, 'Invalid Contact')
  if (expiresSeconds > 0 && expiresSeconds < limits.minExpiresSeconds) {
    return refuse(423, 'Interval Too Brief', ['Min-Expires', String(limits.minExpiresSeconds)])
  }
  const before = bindings.find((binding) => isSameContact(binding.contactUri, contact.uriText))
  if (before !== undefined && isOutOfOrder(before, request)) return refuse(500, 'CSeq Out Of Order')
  return undefined
}

/** RFC 3261 10.3 step 7: within one Call-ID only a higher CSeq may change a binding. */
function isOutOfOrder(binding: StoredBinding, request: RegistrationRequest): boolean {
  return binding.callId === request.callId && request.cseq <= binding.cseq
}

/** A malformed value counts as 3600 (RFC 3261 20.10); a longer one than we grant is shortened. */
function requestedSeconds(text: string | undefined, limits: RegistrarLimits): number {
  if (text === undefined) return limits.defaultExpiresSeconds
  const seconds = /^\d{1,10}$/.test(text.trim()) ? Math.min(Number(text), LARGEST_EXPIRES) : 3600
  return Math.min(seconds, limits.maxExpiresSeconds)
}

function bindingOf(
  request: RegistrationRequest,
  contact: RequestedContact,
  before: StoredBinding | undefined,
  expiresSeconds: number,
  nowMs: number,
): StoredBinding {
  const { lineId, accountId, partitionId, callId, cseq, userAgent } = request
  return {
    lineId,
    accountId,
    partitionId,
    contactUri: contact.uriText,
    receivedFrom: reachableAt(request.source, contact.uri),
    callId,
    cseq,
    expiresAtMs: nowMs + expiresSeconds * 1000,
    userAgent,
    registeredAtMs: before?.registeredAtMs ?? nowMs,
    transport: request.source.transport,
    ...(contact.q === undefined ? {} : { q: contact.q }),
  }
}

/**
 * Where requests to the phone go: back to where the REGISTER came from, unless its contact names the very address it came from.
 * Then there is no NAT in between, and the port of the contact is the one the phone listens on: a TCP connection's source port
 * accepts nothing (RFC 5923), and some phones register from another UDP port than they listen on.
 */
function reachableAt(source: RemoteAddress, contact: SipUri): RemoteAddress {
  if (contact.host !== source.address) return source
  return { ...source, port: contact.port ?? 5060 }
}

function refuse(statusCode: number, reasonPhrase: string, ...headers: readonly Header[]): RegistrationDecision {
  return { kind: 'refused', statusCode, reasonPhrase, headers }
}

/** The Contact values of a 200: every binding with the seconds it has left, at least one (RFC 3261 10.3 step 8). */
export function contactHeaders(bindings: readonly StoredBinding[], nowMs: number): readonly Header[] {
  return bindings.map((binding) => {
    const seconds = Math.max(1, Math.round((binding.expiresAtMs - nowMs) / 1000))
    const q = binding.q === undefined ? '' : `;q=${binding.q}`
    return ['Contact', `<${binding.contactUri}>${q};expires=${seconds}`]
  })
}

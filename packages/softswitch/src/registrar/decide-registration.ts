import type { Header, RemoteAddress, SipUri } from '@dialtone/sip'
import type { BindingChange, StoredBinding } from '../ports/registration-store.ts'
import type { RegistrarLimits } from '../softswitch.ts'
import { bindingOf } from './binding-of.ts'
import { isSameContact } from './contact-uri.ts'
import { replacedBindings } from './replaced-bindings.ts'

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
  /** Proxies it came through, the nearest to us first (RFC 3327). */
  readonly path: readonly string[]
  /** The tenant's domain it registers at. */
  readonly domain?: string | undefined
  /** It came over the transport that domain likes best. */
  readonly isPreferredWay?: boolean | undefined
}

export interface RequestedContact {
  readonly uriText: string
  readonly uri: SipUri
  readonly expires: string | undefined
  readonly q: string | undefined
  /** `+sip.instance` (RFC 5626 4.1). */
  readonly instanceId: string | undefined
  /** `reg-id`, only beside an instance (RFC 5626 4.2.1). */
  readonly regId: number | undefined
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
  if (bindsSeveralFlows(request, limits)) return refuse(400, 'More Than One Flow')
  let after = bindings
  const changes: BindingChange[] = []
  /** Contacts of one request stand beside each other, whatever they have in common. */
  const fresh: StoredBinding[] = []
  for (const contact of request.contacts) {
    const expiresSeconds = requestedSeconds(contact.expires ?? request.expires, limits)
    const problem = contactProblem(contact) ?? expiresProblem(expiresSeconds, limits)
    if (problem !== undefined) return problem
    const replaced = replacedOf(after, fresh, contact, request)
    // Step 7: within one Call-ID only a higher CSeq may change a binding.
    if (replaced.some((binding) => !fresh.includes(binding) && isOutOfOrder(binding, request))) return refuse(500, 'CSeq Out Of Order')
    const others = after.filter((binding) => !replaced.includes(binding))
    const removed = expiresSeconds === 0 ? replaced : replaced.filter((binding) => binding.contactUri !== contact.uriText)
    for (const { lineId, contactUri } of removed) changes.push({ kind: 'remove', lineId, contactUri })
    after = others
    if (expiresSeconds === 0) continue
    const binding = bindingOf(request, contact, { before: replaced[0], expiresSeconds, nowMs })
    fresh.push(binding)
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

function replacedOf(
  bindings: readonly StoredBinding[],
  fresh: readonly StoredBinding[],
  contact: RequestedContact,
  request: RegistrationRequest,
): readonly StoredBinding[] {
  const { callId, source } = request
  const { uriText, uri, instanceId, regId } = contact
  const replaced = replacedBindings(bindings, { uriText, uri, instanceId, regId, callId, source })
  return replaced.filter((binding) => !fresh.includes(binding) || isSameContact(binding.contactUri, uriText))
}

/** RFC 5626 6: with a flow goes no other contact that is to stay, for there would be two of one phone, or one that is none. */
function bindsSeveralFlows(request: RegistrationRequest, limits: RegistrarLimits): boolean {
  if (request.contacts.length < 2 || request.contacts.every((contact) => contact.regId === undefined)) return false
  return request.contacts.filter((contact) => requestedSeconds(contact.expires ?? request.expires, limits) > 0).length > 1
}

function contactProblem(contact: RequestedContact): RegistrationDecision | undefined {
  const isSip = contact.uri.scheme === 'sip' || contact.uri.scheme === 'sips'
  return isSip && contact.uri.host !== '' && contact.uriText.length <= LONGEST_CONTACT ? undefined : refuse(400, 'Invalid Contact')
}

function expiresProblem(expiresSeconds: number, limits: RegistrarLimits): RegistrationDecision | undefined {
  if (expiresSeconds === 0 || expiresSeconds >= limits.minExpiresSeconds) return undefined
  return refuse(423, 'Interval Too Brief', ['Min-Expires', String(limits.minExpiresSeconds)])
}

function isOutOfOrder(binding: StoredBinding, request: RegistrationRequest): boolean {
  return binding.callId === request.callId && request.cseq <= binding.cseq
}

/** A malformed value counts as 3600 (RFC 3261 20.10); a longer one than we grant is shortened. */
function requestedSeconds(text: string | undefined, limits: RegistrarLimits): number {
  if (text === undefined) return limits.defaultExpiresSeconds
  const seconds = /^\d{1,10}$/.test(text.trim()) ? Math.min(Number(text), LARGEST_EXPIRES) : 3600
  return Math.min(seconds, limits.maxExpiresSeconds)
}

function refuse(statusCode: number, reasonPhrase: string, ...headers: readonly Header[]): RegistrationDecision {
  return { kind: 'refused', statusCode, reasonPhrase, headers }
}

import { parseUri } from '@dialtone/sip'
import type { RemoteAddress, SipUri } from '@dialtone/sip'
import type { StoredBinding } from '../ports/registration-store.ts'
import { isSameContact } from './contact-uri.ts'

/** What tells whose contact it is. */
export interface ContactIdentity {
  readonly uriText: string
  readonly uri: SipUri
  readonly instanceId: string | undefined
  readonly regId: number | undefined
  readonly callId: string
  readonly source: RemoteAddress
}

/**
 * The bindings of a line that a contact takes the place of, so that one phone never piles up:
 * - the same contact (RFC 3261 10.3 step 7, compared by 19.1.4);
 * - the same flow of the same device (RFC 5626 6); a device that does not number its flows has one;
 * - the same phone behind a NAT that gave it another port or address: its Call-ID, its user part, and both contacts name the
 *   very place they came from (a phone that learned its outside address by rport).
 */
export function replacedBindings(bindings: readonly StoredBinding[], contact: ContactIdentity): readonly StoredBinding[] {
  return bindings.filter((binding) => {
    if (isOtherFlow(binding, contact)) return false
    return isSameFlow(binding, contact) || isSameContact(binding.contactUri, contact.uriText) || isRebound(binding, contact)
  })
}

/** RFC 5626 6: instance and reg-id name the binding, even where two flows have the same contact. */
function isOtherFlow(binding: StoredBinding, contact: ContactIdentity): boolean {
  if (contact.instanceId === undefined || binding.instanceId !== contact.instanceId) return false
  return contact.regId !== undefined && binding.regId !== undefined && binding.regId !== contact.regId
}

function isSameFlow(binding: StoredBinding, contact: ContactIdentity): boolean {
  return contact.instanceId !== undefined && binding.instanceId === contact.instanceId
}

function isRebound(binding: StoredBinding, contact: ContactIdentity): boolean {
  if (binding.callId !== contact.callId || binding.transport !== contact.source.transport) return false
  const before = parseUri(binding.contactUri)
  if (before === undefined || before.user !== contact.uri.user) return false
  return isItsSource(before, binding.receivedFrom) && isItsSource(contact.uri, contact.source)
}

function isItsSource(uri: SipUri, source: RemoteAddress): boolean {
  return uri.host === source.address && (uri.port ?? 5060) === source.port
}

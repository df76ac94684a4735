import { parseNameAddress } from '@dialtone/sip'
import type { RemoteAddress, SipUri } from '@dialtone/sip'
import type { StoredBinding } from '../ports/registration-store.ts'
import type { RegistrationRequest, RequestedContact } from './decide-registration.ts'
import { ownText, sharedText } from './own-text.ts'

const DEFAULT_SIP_PORT = 5060

export interface BindingTimes {
  /** The binding it renews. */
  readonly before: StoredBinding | undefined
  readonly expiresSeconds: number
  readonly nowMs: number
}

/** The binding that a contact of a REGISTER becomes (RFC 3261 10.3 step 7). */
export function bindingOf(request: RegistrationRequest, contact: RequestedContact, { before, expiresSeconds, nowMs }: BindingTimes): StoredBinding {
  const { lineId, accountId, partitionId, callId, cseq, userAgent, source, path } = request
  const nextHop = nextHopOf(contact.uri, path)
  const { instanceId, regId } = contact
  return {
    lineId,
    accountId,
    partitionId,
    // A phone that registers again says the same again: one copy of it is enough.
    contactUri: before?.contactUri === contact.uriText ? before.contactUri : ownText(contact.uriText),
    receivedFrom: reachableAt(source, nextHop),
    callId: before?.callId === callId ? before.callId : ownText(callId),
    cseq,
    expiresAtMs: nowMs + expiresSeconds * 1000,
    userAgent: sharedText(userAgent),
    registeredAtMs: before?.registeredAtMs ?? nowMs,
    transport: source.transport,
    ...(contact.q === undefined ? {} : { q: contact.q }),
    ...(path.length === 0 ? {} : { path }),
    ...(instanceId === undefined ? {} : { instanceId }),
    ...(regId === undefined ? {} : { regId }),
    ...(isFlowBound(source, nextHop, regId) ? { flowBound: true } : {}),
    ...(request.domain === undefined ? {} : { domain: request.domain }),
    ...(request.isPreferredWay === true ? { isPreferredWay: true } : {}),
  }
}

/** RFC 3327 5.3: with a Path, the proxy next to us stands between us and the phone. */
function nextHopOf(contact: SipUri, path: readonly string[]): SipUri {
  return (path[0] === undefined ? undefined : parseNameAddress(path[0])?.uri) ?? contact
}

/**
 * Where requests to the phone go: back to where the REGISTER came from, unless its next hop names the very address it came from.
 * Then there is no NAT in between, and the port named there is the one that listens: a TCP connection's source port accepts
 * nothing (RFC 5923), and some phones register from another UDP port than they listen on, or over UDP and want to be called over
 * TCP (RFC 3261 19.1.1). Never to a third place: neither a contact nor a Path may aim our requests at somebody else.
 */
function reachableAt(source: RemoteAddress, nextHop: SipUri): RemoteAddress {
  // What a phone's certificate says is no part of the way to it.
  const { certificateNames: _names, ...way } = source
  if (nextHop.host !== way.address) return way
  const port = nextHop.port ?? DEFAULT_SIP_PORT
  const wantsTcp = way.transport === 'udp' && nextHop.parameters.get('transport')?.toLowerCase() === 'tcp'
  return wantsTcp ? { transport: 'tcp', address: way.address, port } : { ...way, port }
}

/**
 * Whether the phone can be reached over its connection only: it asked for it (RFC 5626 4.2), it is a browser (RFC 7118 5), it
 * is behind a NAT, or speaks TLS and would not take our certificate as a client's. A phone on TCP without NAT is called back.
 */
function isFlowBound(source: RemoteAddress, nextHop: SipUri, regId: number | undefined): boolean {
  if (source.transport === 'udp') return false
  return regId !== undefined || source.transport !== 'tcp' || nextHop.host !== source.address
}

import { normalizePhoneNumber } from '@dialtone/numbering'
import { userOf } from '@dialtone/sip'
import type { DigestAuthenticator, RemoteAddress, SipRequest } from '@dialtone/sip'
import type { StoredBinding } from '../ports/registration-store.ts'
import type { SwitchDirectory } from '../ports/switch-directory.ts'

export interface PhoneSignsNeeds {
  readonly digest: Pick<DigestAuthenticator, 'identify'>
  readonly directory: Pick<SwitchDirectory, 'credentialsOf'>
  readonly bindingsOf: (lineId: string) => readonly StoredBinding[]
}

/**
 * Whether an INVITE from a carrier's address is a phone's all the same, for a carrier may share its address with phones, be it behind one NAT:
 * over a connection any port of it is the carrier's. It is when it brings credentials for us, which no carrier is asked for; when its From
 * names a line that is registered over that very way; and when that is a line by a name that no telephone network shows as a caller.
 * Such a call is challenged as any phone's: who only pretends gains nothing by it.
 */
export function saysItIsAPhone({ digest, directory, bindingsOf }: PhoneSignsNeeds, request: SipRequest, source: RemoteAddress): boolean {
  if (digest.identify(request) !== undefined) return true
  const username = userOf(request.from.uri)
  const line = directory.credentialsOf(username)
  if (line === undefined) return false
  return normalizePhoneNumber(username) === undefined || bindingsOf(line.lineId).some(({ receivedFrom }) => isSameWay(receivedFrom, source))
}

/** One connection, or one address and port. */
export function isSameWay(one: RemoteAddress, other: RemoteAddress): boolean {
  if (one.connectionId !== undefined || other.connectionId !== undefined) return one.connectionId === other.connectionId
  return one.address === other.address && one.port === other.port
}

import { normalizePhoneNumber, readCarrierNumber } from '@dialtone/numbering'
import { type SipRequest, userOf } from '@dialtone/sip'
import { type CarrierPeer, findCarrierByContact, type SwitchDirectory } from '@dialtone/softswitch'

type Directory = Pick<SwitchDirectory, 'credentialsOf' | 'ownerOf' | 'carriers'>

/**
 * What requests are spread over the switch workers by: the account of the line that sends them, or of the number a carrier calls.
 * All calls and subscriptions of an account are in one worker, so that transfers, pick-ups and limits see all of them. Only what an
 * INVITE has in common with its CANCEL is looked at; credentials are not checked here, for nothing but the place follows from it.
 */
export function accountKey(directory: Directory, request: SipRequest): string | undefined {
  const line = request.method === 'REGISTER' ? request.to.uri : request.from.uri
  const account = directory.credentialsOf(userOf(line))?.accountId
  if (account !== undefined || request.uri === undefined || request.method === 'REGISTER') return account
  const dialed = userOf(request.uri)
  const registeredAt = findCarrierByContact(directory.carriers(), dialed)
  // The user of our own Contact says whose call it is; whom it is for says To.
  if (registeredAt !== undefined) return ownerAsRead(directory, registeredAt, userOf(request.to.uri))
  // A PBX says by which of its numbers it calls; that comes last, for a carrier may bring us one of our own callers.
  return ownerOf(directory, dialed) ?? ownerByRules(directory, dialed) ?? ownerOf(directory, userOf(line))
}

function ownerOf(directory: Directory, user: string): string | undefined {
  const number = normalizePhoneNumber(user)
  return number === undefined ? undefined : directory.ownerOf(number)?.accountId
}

/** Numbers as one of the carriers writes them: who sends is not looked at, a wrong reading costs nothing but the place. */
function ownerByRules(directory: Directory, dialed: string): string | undefined {
  for (const carrier of directory.carriers()) {
    const owner = carrier.numberRules?.inboundCalled === undefined ? undefined : ownerAsRead(directory, carrier, dialed)
    if (owner !== undefined) return owner
  }
  return undefined
}

function ownerAsRead(directory: Directory, { numberRules }: CarrierPeer, dialed: string): string | undefined {
  const { e164 } = readCarrierNumber(numberRules?.inboundCalled, dialed)
  return e164 === undefined ? undefined : directory.ownerOf(e164)?.accountId
}

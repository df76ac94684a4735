import { normalizePhoneNumber } from '@dialtone/numbering'
import { type SipRequest, userOf } from '@dialtone/sip'
import type { SwitchDirectory } from '@dialtone/softswitch'

/**
 * What requests are spread over the switch workers by: the account of the line that sends them, or of the number a carrier calls.
 * All calls and subscriptions of an account are in one worker, so that transfers, pick-ups and limits see all of them. Only what an
 * INVITE has in common with its CANCEL is looked at; credentials are not checked here, for nothing but the place follows from it.
 */
export function accountKey(directory: Pick<SwitchDirectory, 'credentialsOf' | 'ownerOf'>, request: SipRequest): string | undefined {
  const line = request.method === 'REGISTER' ? request.to.uri : request.from.uri
  const account = directory.credentialsOf(userOf(line))?.accountId
  if (account !== undefined || request.uri === undefined || request.method === 'REGISTER') return account
  // A PBX says by which of its numbers it calls; that comes second, for a carrier may bring us one of our own callers.
  return ownerOf(directory, userOf(request.uri)) ?? ownerOf(directory, userOf(line))
}

function ownerOf(directory: Pick<SwitchDirectory, 'ownerOf'>, user: string): string | undefined {
  const number = normalizePhoneNumber(user)
  return number === undefined ? undefined : directory.ownerOf(number)?.accountId
}

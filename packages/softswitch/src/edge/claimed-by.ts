import type { SipRequest } from '@dialtone/sip'
import { userOf } from '@dialtone/sip'
import { findCarrier } from '../ports/find-carrier.ts'
import type { SwitchDirectory } from '../ports/switch-directory.ts'
import type { AuthenticationNeeds } from './authenticate-line.ts'
import { findRecipient } from './find-recipient.ts'
import { pbxAt } from './pbx-at.ts'

export interface Claim {
  readonly accountId: string
  /** The line, or the carrier, it says it is of. */
  readonly lineId: string
}

/** Whose an INVITE says it is that is refused before anybody looks at its password: for the trace alone, no right comes of it. */
export function claimedBy(
  { directory, digest }: Pick<AuthenticationNeeds, 'digest'> & { readonly directory: SwitchDirectory },
  { request, source }: { readonly request: SipRequest; readonly source: Parameters<typeof findCarrier>[1] },
  dialed: string,
): Claim | undefined {
  const known = findCarrier(directory.carriers(), source)
  const line = pbxAt(directory, { dialed, source, carrier: known }) ?? directory.credentialsOf(digest.identify(request)?.username ?? userOf(request.from.uri))
  if (line !== undefined) return { accountId: line.accountId, lineId: line.lineId }
  const recipient = known === undefined ? undefined : findRecipient(directory, { dialed, known, isByRegistration: false }, source)
  return recipient === undefined ? undefined : { accountId: recipient.owner.accountId, lineId: recipient.carrier.id }
}

import type { E164 } from '@dialtone/numbering'
import type { RemoteAddress, SipRequest } from '@dialtone/sip'
import { findCarrier, findCarrierByContact } from '../ports/find-carrier.ts'
import type { SwitchDirectory } from '../ports/switch-directory.ts'
import { calledText, dialedText } from './dialed-text.ts'
import { findRecipient } from './find-recipient.ts'

export interface PsapCallbackNeeds {
  readonly directory: Pick<SwitchDirectory, 'carriers' | 'ownerOf'>
  /** Whether a call to this number may be the PSAP's, who calls back. */
  readonly isCallback: (number: E164) => boolean
}

/** Whether an INVITE may be of a PSAP that calls back (C-58): a carrier brings it, to a number that called for help lately. */
export function isPsapCallback({ directory, isCallback }: PsapCallbackNeeds, request: SipRequest, source: RemoteAddress): boolean {
  const registeredAt = findCarrierByContact(directory.carriers(), dialedText(request))
  const known = registeredAt ?? findCarrier(directory.carriers(), source)
  if (known === undefined) return false
  const call = { known, isByRegistration: registeredAt !== undefined, dialed: registeredAt === undefined ? dialedText(request) : calledText(request) }
  const recipient = findRecipient(directory, call, source)
  return recipient !== undefined && isCallback(recipient.calledNumber)
}

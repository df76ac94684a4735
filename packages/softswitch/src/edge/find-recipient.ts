import { readCarrierNumber } from '@dialtone/numbering'
import type { E164 } from '@dialtone/numbering'
import { carriersOf, servesAccount } from '../ports/find-carrier.ts'
import type { RequestSource } from '../ports/find-carrier.ts'
import type { CarrierPeer, NumberOwner, SwitchDirectory } from '../ports/switch-directory.ts'

export interface CarrierCall {
  readonly dialed: string
  /** The first carrier it may be from, or the one we registered with. */
  readonly known: CarrierPeer
  readonly isByRegistration: boolean
}

export interface Recipient {
  /** The one that brings the call. */
  readonly carrier: CarrierPeer
  readonly calledNumber: E164
  readonly owner: NumberOwner
}

/**
 * For whom a carrier's call is: the number, as the carrier's rules read it, must be of somebody it serves. Several tenants may have carriers at
 * one address, each with rules of his own: the reading that leaves most of what was dialed decides, so that nobody draws the calls of others to
 * a number of his by a rule that makes it out of any.
 * @param isTaken which readings count; left out: all
 */
export function findRecipient(
  directory: Pick<SwitchDirectory, 'ownerOf' | 'carriers'>,
  { dialed, known, isByRegistration }: CarrierCall,
  source: RequestSource,
  isTaken: (reading: Recipient) => boolean = () => true,
): Recipient | undefined {
  // The platform's carriers are the first at their address, and the user of our Contact is not to be guessed.
  const asked = isByRegistration || known.partitionId === undefined ? recipientBy(directory, dialed, known) : undefined
  if (asked !== undefined) return asked
  const readings = carriersOf(directory.carriers(), source)
    .flatMap((carrier) => recipientBy(directory, dialed, carrier) ?? [])
    .filter(isTaken)
  return readings.toSorted((one, other) => keptDigits(other.calledNumber, dialed) - keptDigits(one.calledNumber, dialed))[0]
}

function recipientBy(directory: Pick<SwitchDirectory, 'ownerOf'>, dialed: string, carrier: CarrierPeer): Recipient | undefined {
  const { e164: calledNumber } = readCarrierNumber(carrier.numberRules?.inboundCalled, dialed)
  const owner = calledNumber === undefined ? undefined : directory.ownerOf(calledNumber)
  return calledNumber !== undefined && owner !== undefined && servesAccount(carrier, owner) ? { carrier, calledNumber, owner } : undefined
}

/** How many digits at the end are those that were dialed. */
export function keptDigits(number: E164, dialed: string): number {
  let kept = 0
  while (kept < number.length && kept < dialed.length && number.at(-1 - kept) === dialed.at(-1 - kept)) kept++
  return kept
}

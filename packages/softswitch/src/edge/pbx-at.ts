import { normalizePhoneNumber } from '@dialtone/numbering'
import { isEmergencyDialed } from '../emergency/is-emergency-dialed.ts'
import { carriersOf, servesAccount } from '../ports/find-carrier.ts'
import type { RequestSource } from '../ports/find-carrier.ts'
import type { CarrierPeer, SwitchDirectory, TrunkPeer } from '../ports/switch-directory.ts'
import { findRecipient, keptDigits } from './find-recipient.ts'
import type { Recipient } from './find-recipient.ts'

export interface Caller {
  readonly dialed: string
  readonly source: RequestSource
  /** The first carrier it may be; undefined: none is known there, or it is a phone. */
  readonly carrier: CarrierPeer | undefined
}

/** A national number of the NANP. */
const WHOLE_NUMBER_DIGITS = 10

/**
 * The PBX an INVITE is from, known by its address; undefined where there is none, or the call is a carrier's. No PBX may claim the address of a
 * carrier, but the name of a carrier may come to lead to one that a PBX has: nobody has proven anything then, and neither may take the calls of
 * the other, nor have them billed to it. The platform's own carriers, and those that serve the account of the PBX, come before it. A carrier of
 * somebody else has what is for a number of who it serves, as it stands there: rules that make such a number out of any would draw all calls of the
 * PBX. Help is called by PBXs alone (C-58).
 */
export function pbxAt(directory: Pick<SwitchDirectory, 'trunkByAddress' | 'ownerOf' | 'carriers'>, caller: Caller): TrunkPeer | undefined {
  const { source, carrier, dialed } = caller
  // No tenant takes the calls of the platform's carriers by claiming their address.
  if (carrier !== undefined && carrier.partitionId === undefined) return undefined
  const trunk = directory.trunkByAddress(source.address, source.port)
  if (trunk === undefined || carrier === undefined || isEmergencyDialed(dialed)) return trunk
  if (carriersOf(directory.carriers(), source).some((each) => servesAccount(each, trunk))) return undefined
  const recipient = findRecipient(directory, { dialed, known: carrier, isByRegistration: false }, source, (found) => isAsDialed(found, dialed))
  return recipient === undefined ? trunk : undefined
}

/** Written as the number itself, or with digits before it that make it no number of somebody else; what begins with a star is for us alone. */
function isAsDialed({ calledNumber }: Recipient, dialed: string): boolean {
  const plain = normalizePhoneNumber(dialed)
  return plain === undefined ? /^\+?\d+$/.test(dialed) && keptDigits(calledNumber, dialed) >= WHOLE_NUMBER_DIGITS : plain === calledNumber
}

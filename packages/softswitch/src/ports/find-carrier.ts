import { targetsOf } from './switch-directory.ts'
import type { CarrierPeer, NumberOwner } from './switch-directory.ts'

/** Whether a carrier brings and takes calls of that account: the platform's those of everybody, a tenant's its own and those of heirs. */
export function servesAccount({ partitionId, inheritedBy, accountId }: CarrierPeer, owner: NumberOwner): boolean {
  const isOfPartition = partitionId === undefined || partitionId === owner.partitionId || inheritedBy?.includes(owner.partitionId) === true
  return isOfPartition && (accountId === undefined || accountId === owner.accountId)
}

export function findCarrier(carriers: Iterable<CarrierPeer>, address: string, port: number, owner: NumberOwner | undefined): CarrierPeer | undefined {
  for (const carrier of carriers) {
    if (isAt(carrier, address, port) && (owner === undefined || servesAccount(carrier, owner))) return carrier
  }
  return undefined
}

/** All carriers at that place, of whoever. */
export function carriersAt(carriers: Iterable<CarrierPeer>, address: string, port: number): readonly CarrierPeer[] {
  return [...carriers].filter((carrier) => isAt(carrier, address, port))
}

/** How the users of our Contacts at carriers begin (`CarrierPeer.contactUser`). */
const CONTACT_PREFIX = 'dt-'

/** The carrier we registered with that user, or undefined: then the number is one to be called. */
export function findCarrierByContact(carriers: Iterable<CarrierPeer>, user: string): CarrierPeer | undefined {
  if (!user.startsWith(CONTACT_PREFIX)) return undefined
  for (const carrier of carriers) if (carrier.contactUser === user) return carrier
  return undefined
}

/** Over a connection a carrier calls from whatever port it likes; who is on this machine is told by the port alone. */
function isAt(carrier: CarrierPeer, address: string, port: number): boolean {
  const isLocal = address.startsWith('127.') || address === '::1'
  return targetsOf(carrier).some((target) => target.address === address && (target.port === port || (carrier.transport !== 'udp' && !isLocal)))
}

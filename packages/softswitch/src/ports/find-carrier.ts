import type { CarrierPeer, NumberOwner } from './switch-directory.ts'

/** Whether a carrier brings and takes calls of that account: the platform's those of everybody, a tenant's its own alone. */
export function servesAccount({ partitionId, accountId }: CarrierPeer, owner: NumberOwner): boolean {
  return (partitionId === undefined || partitionId === owner.partitionId) && (accountId === undefined || accountId === owner.accountId)
}

export function findCarrier(carriers: Iterable<CarrierPeer>, address: string, port: number, owner: NumberOwner | undefined): CarrierPeer | undefined {
  for (const carrier of carriers) {
    if (carrier.address === address && carrier.port === port && (owner === undefined || servesAccount(carrier, owner))) return carrier
  }
  return undefined
}

import type { PartitionScope } from '../access/index.ts'
import type { Write } from '../events/index.ts'
import { inventoryRow } from './fill-inventory.ts'
import { placeOfNumber } from './number-place.ts'

/**
 * Numbers a provider brings from his own carrier come into his inventory the moment he uses them (S1-61). Those that are on the platform already stay where they are.
 * In one order, so that two requests with common numbers wait for each other instead of blocking each other for ever.
 */
export function takeOwnNumbers(change: Write, scope: PartitionScope, carrierId: string, phoneNumbers: readonly string[]): Promise<void> {
  return take(change, scope, carrierId, phoneNumbers, true)
}

/** Numbers a carrier gives that were not in stock. */
export function takeLiveNumbers(change: Write, scope: PartitionScope, carrierId: string, phoneNumbers: readonly string[]): Promise<void> {
  return take(change, scope, carrierId, phoneNumbers, false)
}

async function take(change: Write, scope: PartitionScope, carrierId: string, phoneNumbers: readonly string[], byotn: boolean): Promise<void> {
  const rows = phoneNumbers.toSorted().map((phoneNumber) => {
    const place = placeOfNumber(phoneNumber)
    const number = { phoneNumber, ...place, rateCenterReorderName: place.rateCenter, lata: undefined }
    return { ...inventoryRow(number, { partitionId: scope.partitionId, carrierId, now: change.now }), byotn }
  })
  await change.sql
    .insertInto('telephone_number')
    .values(rows)
    .onConflict((conflict) => conflict.column('phone_number').doNothing())
    .execute()
}

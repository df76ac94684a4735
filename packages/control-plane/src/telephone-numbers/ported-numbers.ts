import { err, ok, type Result } from '@dialtone/foundation'
import { isTollFree } from '@dialtone/numbering'
import type { AccountScope } from '../access/index.ts'
import { addObject, removeObject } from '../account-objects/index.ts'
import type { AccountRow } from '../accounts/index.ts'
import type { E911Address } from '../addresses/index.ts'
import { withdrawCallerId } from '../end-users/index.ts'
import type { Write } from '../events/index.ts'
import { type ApiFailure, inConflict } from '../failures/index.ts'
import type { CustomerServiceRecord } from './customer-service-record.ts'
import { isRegistrable } from './customer-service-record.ts'
import { type GivenReference, pointNumberAt, referenceFailure } from './destination.ts'
import type { DirectoryListing } from './directory-listing.ts'
import { NOT_ON_ACCOUNT } from './release-number.ts'
import { isHeldBy, NOT_RESERVED, numberReserved, numberTaken } from './reserve-number.ts'
import { isCoolingDown, isReserved } from './telephone-number.ts'
import { countOnAccount, deleteNumber, factsOf, lockOnAccount, lockOrderable, type TelephoneNumberRow, updateNumber } from './telephone-number-queries.ts'

/** Where a number that comes from another carrier belongs, as the public tables know it. */
export interface PortedPlace {
  readonly rateCenter: string
  readonly state: string
  readonly country: string
  readonly latitude: number | undefined
  readonly longitude: number | undefined
}

export interface NumberToPort extends GivenReference {
  readonly phoneNumber: string
  readonly place: PortedPlace
}

export interface PortedRecord {
  readonly portId: string
  readonly carrierId: string
  readonly carrierStatus: string
  readonly customerServiceRecord: CustomerServiceRecord
  readonly directoryListing: DirectoryListing
  readonly e911Address: E911Address
}

/**
 * Puts numbers on the account that are still at another carrier: they are there to be seen and to be given a destination, and ring
 * nothing before the port is done.
 * @returns those that were in the inventory, and go back there when the port comes to nothing.
 */
export async function claimForPort(
  change: Write,
  scope: AccountScope,
  account: AccountRow,
  numbers: readonly NumberToPort[],
  record: PortedRecord,
): Promise<Result<ReadonlySet<string>, ApiFailure>> {
  if (account.account_type === 'SIMPLE' && (await countOnAccount(change.sql, scope)) + numbers.length > 1)
    return err(inConflict('AccountTelephoneNumberLimitReached', 'A SIMPLE account has one telephone number.', { limit: 1 }))
  const present = await lockOrderable(change.sql, scope, numbers.map((number) => number.phoneNumber)) // prettier-ignore
  const fromInventory = new Set<string>()
  for (const number of numbers.toSorted((one, other) => (one.phoneNumber < other.phoneNumber ? -1 : 1))) {
    const row = present.find((candidate) => candidate.phone_number === number.phoneNumber)
    const failure =
      (row === undefined ? undefined : takenFailure(row, scope, change.now)) ??
      (await referenceFailure(change.sql, scope, number)) ??
      (await placeOnAccount(change, scope, row, number, record)) ??
      (await addObject(change, scope, { type: 'TELEPHONE_NUMBER', id: number.phoneNumber, name: number.phoneNumber })) ??
      (await pointNumberAt(change, scope, number.phoneNumber, number))
    if (failure !== undefined) return err(failure)
    if (row !== undefined) fromInventory.add(number.phoneNumber)
  }
  return ok(fromInventory)
}

/** The losing carrier let go: the numbers are the account's, active, and known to the emergency services (S0-39). */
export async function completePorted(change: Write, scope: AccountScope, phoneNumbers: readonly string[]): Promise<void> {
  for (const phoneNumber of phoneNumbers) {
    const row = await lockOnAccount(change.sql, scope, phoneNumber)
    if (row === undefined) continue
    const isRegistered = row.e911_address !== null && isRegistrable(row.e911_address as unknown as E911Address)
    await updateNumber(change.sql, row, { carrier_status: 'ACTIVE', activated_at: change.now, e911_registered: isRegistered }, change.now)
  }
}

/** Everything but completion: on hold, pending, rejected; with the records of a corrected request. */
export async function markPorted(
  change: Write,
  scope: AccountScope,
  phoneNumbers: readonly string[],
  carrierStatus: string,
  record?: Pick<PortedRecord, 'customerServiceRecord'>,
): Promise<void> {
  if (phoneNumbers.length === 0) return
  await change.sql
    .updateTable('telephone_number')
    .set({
      carrier_status: carrierStatus,
      ...(record === undefined ? {} : { customer_service_record: JSON.stringify(record.customerServiceRecord) }),
      updated_at: change.now,
    })
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where('phone_number', 'in', phoneNumbers)
    .execute()
}

/** The port came to nothing: the numbers leave the account. The failure is something that still points at one of them. */
export async function dropPorted(
  change: Write,
  scope: AccountScope,
  numbers: readonly { readonly phoneNumber: string; readonly fromInventory: boolean }[],
): Promise<ApiFailure | undefined> {
  for (const { phoneNumber, fromInventory } of numbers) {
    const row = await lockOnAccount(change.sql, scope, phoneNumber)
    if (row === undefined) continue
    const failure = await removeObject(change, scope, { type: 'TELEPHONE_NUMBER', id: phoneNumber })
    if (failure !== undefined) return failure
    await withdrawCallerId(change, scope, phoneNumber)
    if (fromInventory)
      await updateNumber(change.sql, row, { ...NOT_ON_ACCOUNT, partition_id: row.inventory_partition_id, carrier_status: 'INVENTORY' }, change.now)
    else await deleteNumber(change.sql, row)
  }
  return undefined
}

function takenFailure(row: TelephoneNumberRow, scope: AccountScope, now: Date): ApiFailure | undefined {
  if (row.account_id !== null) return numberTaken(row.phone_number)
  const facts = factsOf(row)
  if (isCoolingDown(facts, now.getTime())) return numberTaken(row.phone_number)
  const isForOthers = row.reserved_account_id !== null && !isHeldBy(row, { accountId: scope.accountId })
  return isForOthers && isReserved(facts, now.getTime()) ? numberReserved(row.phone_number) : undefined
}

async function placeOnAccount(
  change: Write,
  scope: AccountScope,
  row: TelephoneNumberRow | undefined,
  number: NumberToPort,
  record: PortedRecord,
): Promise<ApiFailure | undefined> {
  const onAccount = {
    ...NOT_RESERVED,
    partition_id: scope.partitionId,
    account_id: scope.accountId,
    carrier_id: record.carrierId,
    port_id: record.portId,
    carrier_status: record.carrierStatus,
    operational_status: 'ACTIVE',
    reference_type: number.referenceType ?? null,
    reference_id: number.referenceId ?? null,
    ever_referenced: number.referenceId !== undefined,
    cooldown_until: null,
    customer_service_record: JSON.stringify(record.customerServiceRecord),
    directory_listing: JSON.stringify(record.directoryListing),
    e911_address: JSON.stringify(record.e911Address),
    // The other carrier's registration is in force until the cut.
    e911_registered: false,
    activated_at: null,
  }
  if (row !== undefined) {
    await updateNumber(change.sql, row, onAccount, change.now)
    return undefined
  }
  const { phoneNumber, place } = number
  const inserted = await change.sql
    .insertInto('telephone_number')
    .values({
      ...onAccount,
      phone_number: phoneNumber,
      inventory_partition_id: scope.partitionId,
      function_type: isTollFree(phoneNumber) ? 'TollFree' : 'ELS',
      rate_center: place.rateCenter,
      rate_center_reorder_name: place.rateCenter,
      state: place.state,
      country: place.country,
      prefix: phoneNumber.slice(0, 7),
      lata: null,
      latitude: place.latitude ?? null,
      longitude: place.longitude ?? null,
      created_at: change.now,
      updated_at: change.now,
    })
    .onConflict((conflict) => conflict.column('phone_number').doNothing())
    .returning('phone_number')
    .executeTakeFirst()
  // Somebody else on the platform has it; who, is nobody's business.
  return inserted === undefined ? numberTaken(phoneNumber) : undefined
}

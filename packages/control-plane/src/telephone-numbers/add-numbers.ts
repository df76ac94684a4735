import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { addObject } from '../account-objects/index.ts'
import { type AccountRow, lockAccount } from '../accounts/index.ts'
import { NO_ADDRESS, NOBODY, readAddress } from '../addresses/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../database/index.ts'
import { type Write, write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict } from '../failures/index.ts'
import type { CarrierAdapter } from './carrier-adapter.ts'
import { type CustomerServiceRecord, isRegistrable, readE911Address } from './customer-service-record.ts'
import { pointNumberAt, referenceFailure } from './destination.ts'
import type { DirectoryListing } from './directory-listing.ts'
import { isHeldBy, NOT_RESERVED, numberReserved, numberTaken } from './reserve-number.ts'
import { type CarrierStatus, isCoolingDown, isReserved } from './telephone-number.ts'
import { numberChanged } from './telephone-number-events.ts'
import { countOnAccount, factsOf, lockOrderable, type TelephoneNumberRow, updateNumber } from './telephone-number-queries.ts'

export interface NumberToAdd {
  readonly phoneNumber: string
  readonly referenceType: string | undefined
  readonly referenceId: string | undefined
  readonly operationalStatus: 'ACTIVE' | 'STAGED' | undefined
}

export interface NumbersToAdd {
  readonly numbers: readonly NumberToAdd[]
  readonly customerServiceRecord: CustomerServiceRecord
  readonly directoryListing: DirectoryListing
  /** As given; flat, nested or none. */
  readonly e911Address: unknown
  readonly holdActivation: boolean
}

/** A home phone account has one number (S1-24, C-22). */
const MAX_NUMBERS_OF_SIMPLE_ACCOUNT = 1

/** Puts numbers of the inventory on an account and activates them: all of them or none (S1-74 … S1-86). */
export function addNumbers(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  carrier: CarrierAdapter,
  request: NumbersToAdd,
): Promise<Result<readonly TelephoneNumberRow[], ApiFailure>> {
  const status: CarrierStatus = request.holdActivation
    ? 'ACTIVATION_ON_HOLD'
    : carrier.activate(request.numbers.map((number) => number.phoneNumber)) === 'active'
      ? 'ACTIVE'
      : 'ACTIVATION_PENDING'
  return write(context, actorOf(principal), async (change) => {
    const account = await lockAccount(change.sql, scope)
    if (account === undefined || account.status === 'DELETED') return err(entityNotFound('Account', scope.accountId))
    const limit = await limitFailure(change.sql, scope, account, request.numbers.length)
    if (limit !== undefined) return err(limit)
    const e911 = readE911Address(request.e911Address, e911Fallback(request.customerServiceRecord, account))
    if (!e911.ok) return e911
    const rows = await lockOrderable(change.sql, scope, request.numbers.map((number) => number.phoneNumber)) // prettier-ignore
    const added: TelephoneNumberRow[] = []
    for (const number of request.numbers) {
      const row = rows.find((candidate) => candidate.phone_number === number.phoneNumber)
      const failure = availabilityFailure(row, number.phoneNumber, scope, change.now) ?? (await referenceFailure(change.sql, scope, number))
      if (row === undefined || failure !== undefined) return err(failure ?? entityNotFound('TelephoneNumber', number.phoneNumber))
      const isReferenced = number.referenceId !== undefined
      added.push(
        await updateNumber(
          change.sql,
          row,
          {
            ...NOT_RESERVED,
            partition_id: scope.partitionId,
            account_id: scope.accountId,
            carrier_status: status,
            operational_status: number.operationalStatus ?? 'ACTIVE',
            reference_type: number.referenceType ?? null,
            reference_id: number.referenceId ?? null,
            ever_referenced: isReferenced,
            cooldown_until: null,
            customer_service_record: JSON.stringify(request.customerServiceRecord),
            directory_listing: JSON.stringify(request.directoryListing),
            e911_address: JSON.stringify(e911.value),
            e911_registered: isRegistrable(e911.value),
            activated_at: status === 'ACTIVE' ? change.now : null,
          },
          change.now,
        ),
      )
      const refused =
        (await addObject(change, scope, { type: 'TELEPHONE_NUMBER', id: number.phoneNumber, name: number.phoneNumber })) ??
        (await pointNumberAt(change, scope, number.phoneNumber, number))
      if (refused !== undefined) return err(refused)
      emitAdded(change, scope, number, request, status)
    }
    return ok(added)
  })
}

function emitAdded(change: Write, scope: AccountScope, number: NumberToAdd, request: NumbersToAdd, status: CarrierStatus): void {
  const after = { ...number, carrierStatus: status, customerServiceRecord: request.customerServiceRecord, directoryListing: request.directoryListing }
  change.emit(numberChanged(scope, number.phoneNumber, { event: 'number.assigned', type: 'PHONE_NUMBER', action: 'CREATE', after }))
}

async function limitFailure(sql: Transaction, scope: AccountScope, account: AccountRow, count: number): Promise<ApiFailure | undefined> {
  if (account.account_type !== 'SIMPLE') return undefined
  const present = await countOnAccount(sql, scope)
  if (present + count <= MAX_NUMBERS_OF_SIMPLE_ACCOUNT) return undefined
  return inConflict('AccountTelephoneNumberLimitReached', 'A SIMPLE account has one telephone number.', { limit: MAX_NUMBERS_OF_SIMPLE_ACCOUNT })
}

function availabilityFailure(row: TelephoneNumberRow | undefined, phoneNumber: string, scope: AccountScope, now: Date): ApiFailure | undefined {
  if (row === undefined) return entityNotFound('TelephoneNumber', phoneNumber)
  if (row.account_id !== null) return numberTaken(phoneNumber)
  const facts = factsOf(row)
  if (isCoolingDown(facts, now.getTime())) return entityNotFound('TelephoneNumber', phoneNumber)
  if (isReserved(facts, now.getTime()) && !isHeldBy(row, { accountId: scope.accountId }) && row.reserved_account_id !== null) return numberReserved(phoneNumber)
  return undefined
}

function e911Fallback(record: CustomerServiceRecord, account: AccountRow): CustomerServiceRecord {
  if (record.streetName !== '' || account.service_address === null) return record
  const address = readAddress(account.service_address)
  return address.ok ? { ...record, ...NO_ADDRESS, ...NOBODY, ...address.value } : record
}

import { err, ok, type Result } from '@dialtone/foundation'
import type { AccountScope, Principal } from '../access/index.ts'
import { addObject } from '../account-objects/index.ts'
import { type AccountRow, lockAccount } from '../accounts/index.ts'
import { type E911Address, NO_ADDRESS, NOBODY, readAddress } from '../addresses/index.ts'
import type { Transaction } from '../database/index.ts'
import type { Write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict } from '../failures/index.ts'
import { carrierOf } from './carrier-adapter.ts'
import type { CustomerServiceRecord } from './customer-service-record.ts'
import { pointNumberAt, referenceFailure } from './destination.ts'
import type { DirectoryListing } from './directory-listing.ts'
import { e911Columns, type E911Record, isInDoubt, isRegistered, readE911Record } from './e911-record.ts'
import { noteActivation, noteEmergencyAddress } from './number-service-events.ts'
import { takeOwnNumbers } from './own-numbers.ts'
import { isHeldBy, NOT_RESERVED, numberReserved, numberTaken } from './reserve-number.ts'
import { type CarrierStatus, isCoolingDown, isReserved } from './telephone-number.ts'
import { numberChanged } from './telephone-number-events.ts'
import { countOnAccount, factsOf, lockOrderable, type TelephoneNumberRow, updateNumber } from './telephone-number-queries.ts'

export interface NumberToAdd {
  readonly phoneNumber: string
  readonly referenceType: string | undefined
  readonly referenceId: string | undefined
  readonly operationalStatus: 'ACTIVE' | 'STAGED' | undefined
  readonly canAcceptSMS: boolean | undefined
  readonly servicePackageType: string | undefined
}

export interface NumbersToAdd {
  readonly numbers: readonly NumberToAdd[]
  /** Without one the account itself is the customer. */
  readonly customerServiceRecord: CustomerServiceRecord | undefined
  readonly directoryListing: DirectoryListing | undefined
  /** As given; flat, nested or none. */
  readonly e911Address: unknown
  /** Nothing is asked of the carrier until somebody releases it. */
  readonly holdActivation: boolean
  /** The provider's own carrier: the numbers need not be in the inventory. */
  readonly byotnCarrierId: string | undefined
  readonly orderId: string | undefined
}

/** What is recorded with every number of a request. */
interface Records {
  readonly customerServiceRecord: CustomerServiceRecord
  readonly directoryListing: DirectoryListing
  readonly e911: E911Record
}

/** A home phone account has one number (S1-24, C-22). */
const MAX_NUMBERS_OF_SIMPLE_ACCOUNT = 1
const NOT_LISTED: DirectoryListing = { listed: false, type: 'NOT_LIST_NOT_PUBLISH', name: undefined, address: undefined }

/** Puts numbers on an account and activates them, inside a change: all of them or none (S1-74 … S1-86). */
export async function activateNumbers(
  change: Write,
  principal: Principal,
  scope: AccountScope,
  request: NumbersToAdd,
): Promise<Result<readonly TelephoneNumberRow[], ApiFailure>> {
  const account = await lockAccount(change.sql, scope)
  if (account === undefined || account.status === 'DELETED') return err(entityNotFound('Account', scope.accountId))
  const limit = await limitFailure(change.sql, scope, account, request.numbers.length)
  if (limit !== undefined) return err(limit)
  const records = await recordsOf(request, account)
  if (!records.ok) return records
  const wanted = request.numbers.map((number) => number.phoneNumber)
  if (request.byotnCarrierId !== undefined) await takeOwnNumbers(change, scope, request.byotnCarrierId, wanted)
  const rows = await lockOrderable(change.sql, scope, wanted)
  const added: TelephoneNumberRow[] = []
  for (const number of request.numbers) {
    const row = rows.find((candidate) => candidate.phone_number === number.phoneNumber)
    const failure = availabilityFailure(row, number.phoneNumber, { scope, principal, now: change.now, request })
    if (row === undefined || failure !== undefined) return err(failure ?? entityNotFound('TelephoneNumber', number.phoneNumber))
    const activated = await activate(change, scope, row, { number, request, records: records.value })
    if (!activated.ok) return activated
    added.push(activated.value)
  }
  return ok(added)
}

async function activate(
  change: Write,
  scope: AccountScope,
  row: TelephoneNumberRow,
  o: { readonly number: NumberToAdd; readonly request: NumbersToAdd; readonly records: Records },
): Promise<Result<TelephoneNumberRow, ApiFailure>> {
  const { number, request, records } = o
  const refused = await referenceFailure(change.sql, scope, number)
  if (refused !== undefined) return err(refused)
  const { status, dueAt } = activationOf(row, request, change.now)
  const stored = await updateNumber(
    change.sql,
    row,
    {
      ...NOT_RESERVED,
      partition_id: scope.partitionId,
      account_id: scope.accountId,
      order_id: request.orderId ?? null,
      byotn_carrier_id: request.byotnCarrierId ?? null,
      carrier_status: status,
      operational_status: number.operationalStatus ?? 'ACTIVE',
      can_accept_sms: number.canAcceptSMS ?? false,
      ...(number.servicePackageType === undefined ? {} : { service_package_type: number.servicePackageType }),
      reference_type: number.referenceType ?? null,
      reference_id: number.referenceId ?? null,
      ever_referenced: number.referenceId !== undefined,
      cooldown_until: null,
      cooldown_recovered_at: null,
      customer_service_record: JSON.stringify(records.customerServiceRecord),
      directory_listing: JSON.stringify(records.directoryListing),
      ...e911Columns(records.e911),
      activated_at: status === 'ACTIVE' ? change.now : null,
      activation_due_at: dueAt ?? null,
    },
    change.now,
  )
  const failure =
    (await addObject(change, scope, { type: 'TELEPHONE_NUMBER', id: number.phoneNumber, name: number.phoneNumber })) ??
    (await pointNumberAt(change, scope, number.phoneNumber, number))
  if (failure !== undefined) return err(failure)
  const customer = records.customerServiceRecord
  await noteActivation(change, scope, number.phoneNumber, { status, isOwn: request.byotnCarrierId !== undefined, customer, orderId: request.orderId })
  await noteEmergencyAddress(change, scope, number.phoneNumber, { isRegistered: isRegistered(records.e911), isInDoubt: isInDoubt(records.e911), customer })
  const after = { ...number, carrierStatus: status, ...records, e911: undefined, e911Registered: isRegistered(records.e911) }
  change.emit(numberChanged(scope, number.phoneNumber, { event: 'number.assigned', type: 'PHONE_NUMBER', action: 'CREATE', after }))
  return ok(stored)
}

function activationOf(row: TelephoneNumberRow, request: NumbersToAdd, now: Date): { readonly status: CarrierStatus; readonly dueAt?: Date } {
  if (request.holdActivation) return { status: 'ACTIVATION_ON_HOLD' }
  const answer = carrierOf(row.carrier_id).activate([row.phone_number])
  return answer.state === 'active' ? { status: 'ACTIVE' } : { status: 'ACTIVATION_PENDING', dueAt: new Date(now.getTime() + answer.afterMs) }
}

async function recordsOf(request: NumbersToAdd, account: AccountRow): Promise<Result<Records, ApiFailure>> {
  const customerServiceRecord = request.customerServiceRecord ?? recordOfAccount(account)
  const e911 = await readE911Record(request.e911Address, e911Fallback(customerServiceRecord, account))
  if (!e911.ok) return e911
  return ok({ customerServiceRecord, directoryListing: request.directoryListing ?? NOT_LISTED, e911: e911.value })
}

/** The customer of a number that was ordered without saying for whom (S2-15). */
function recordOfAccount(account: AccountRow): CustomerServiceRecord {
  const record = { ...NO_ADDRESS, ...NOBODY, customerType: 'BUSINESS', businessName: account.account_name, customerName: '', blockCustomerName: false } as const
  return { ...record, ...addressOf(account) }
}

function e911Fallback(record: CustomerServiceRecord, account: AccountRow): E911Address {
  return record.streetName === '' ? { ...record, ...addressOf(account) } : record
}

/** The account's service address, with nobody at it. */
function addressOf(account: AccountRow) {
  const address = account.service_address === null ? undefined : readAddress(account.service_address)
  if (address === undefined || !address.ok) return {}
  const { firstName: _first, lastName: _last, middleInitial: _middle, businessName: _business, customerType: _type, ...place } = address.value
  return place
}

async function limitFailure(sql: Transaction, scope: AccountScope, account: AccountRow, count: number): Promise<ApiFailure | undefined> {
  if (account.account_type !== 'SIMPLE') return undefined
  const present = await countOnAccount(sql, scope)
  if (present + count <= MAX_NUMBERS_OF_SIMPLE_ACCOUNT) return undefined
  return inConflict('AccountTelephoneNumberLimitReached', 'A SIMPLE account has one telephone number.', { limit: MAX_NUMBERS_OF_SIMPLE_ACCOUNT })
}

function availabilityFailure(
  row: TelephoneNumberRow | undefined,
  phoneNumber: string,
  o: { readonly scope: AccountScope; readonly principal: Principal; readonly now: Date; readonly request: NumbersToAdd },
): ApiFailure | undefined {
  // A number somebody brings, and that is not visible here, is on the platform already.
  if (row === undefined) return o.request.byotnCarrierId === undefined ? entityNotFound('TelephoneNumber', phoneNumber) : numberTaken(phoneNumber)
  if (row.account_id !== null) return numberTaken(phoneNumber)
  const facts = factsOf(row)
  if (isCoolingDown(facts, o.now.getTime())) return entityNotFound('TelephoneNumber', phoneNumber)
  const isMine = isHeldBy(row, { accountId: o.scope.accountId }) || isHeldBy(row, { userId: o.principal.userId })
  return isReserved(facts, o.now.getTime()) && !isMine ? numberReserved(phoneNumber) : undefined
}

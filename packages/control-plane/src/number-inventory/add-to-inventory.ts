import { err, ok, type Result } from '@dialtone/foundation'
import { isNanp, normalizePhoneNumber } from '@dialtone/numbering'
import { actorOf, type PartitionScope, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type DomainEvent, write } from '../events/index.ts'
import { alreadyInUse, type ApiFailure, entityNotFound, fieldRequired, inConflict, invalidField } from '../failures/index.ts'
import { FUNCTION_TYPES } from '../number-search/index.ts'
import { stateAbbreviation } from '../reference-data/index.ts'
import {
  factsOf,
  type InventoryNumber,
  inventoryRow,
  isReserved,
  OPERATIONAL_STATUSES,
  placeOfNumber,
  type TelephoneNumberRow,
} from '../telephone-numbers/index.ts'

/** A number as it comes into the inventory. */
export interface NewInventoryNumber extends InventoryNumber {
  readonly carrierId: string
  readonly operationalStatus: 'ACTIVE' | 'STAGED'
}

const DEFAULT_CARRIER = 'provider'
const CARRIER_ID = /^[A-Za-z0-9_-]{1,64}$/

/** What the digits tell is filled in where it is not given. */
export function readInventoryNumber(body: Readonly<Record<string, unknown>>): Result<NewInventoryNumber, ApiFailure> {
  const {
    phoneNumber: written,
    carrierId = DEFAULT_CARRIER,
    functionType,
    operationalStatus = 'ACTIVE',
    rateCenter,
    rateCenterReorderName,
    state: writtenState,
  } = body
  if (typeof written !== 'string' || written === '') return err(fieldRequired('phoneNumber'))
  const phoneNumber = normalizePhoneNumber(written)
  if (phoneNumber === undefined || !isNanp(phoneNumber))
    return err(invalidField('phoneNumber', `"${written.slice(0, 40)}" is no number of the North American plan`, '10 or 11 digits'))
  if (typeof carrierId !== 'string' || !CARRIER_ID.test(carrierId))
    return err(invalidField('carrierId', 'is no id of a carrier', 'up to 64 letters, digits, - and _'))
  const place = placeOfNumber(phoneNumber)
  const kind = functionType === undefined ? place.functionType : FUNCTION_TYPES.find((known) => known === functionType)
  if (kind === undefined) return err(invalidField('functionType', 'is unknown', `one of ${FUNCTION_TYPES.join(', ')}`))
  if ((kind === 'TollFree') !== (place.functionType === 'TollFree'))
    return err(invalidField('functionType', `${phoneNumber} is ${place.functionType}`, place.functionType))
  const status = OPERATIONAL_STATUSES.find((known) => known === operationalStatus)
  if (status === undefined) return err(invalidField('operationalStatus', 'is unknown', `one of ${OPERATIONAL_STATUSES.join(', ')}`))
  const state = textOf(writtenState) === undefined ? place.state : stateAbbreviation(textOf(writtenState) ?? '')
  if (state === undefined) return err(invalidField('state', 'is unknown', 'name or abbreviation of a state or province'))
  const center = textOf(rateCenter)?.toUpperCase() ?? place.rateCenter
  return ok({
    ...place,
    phoneNumber,
    functionType: kind,
    operationalStatus: status,
    carrierId,
    state,
    rateCenter: center,
    rateCenterReorderName: textOf(rateCenterReorderName)?.toUpperCase() ?? center,
    lata: undefined,
  })
}

/** Puts a number into the partition's inventory. A number is on the platform once, whoever has it. */
export function addToInventory(
  context: Context,
  principal: Principal,
  scope: PartitionScope,
  number: NewInventoryNumber,
): Promise<Result<TelephoneNumberRow, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const row = inventoryRow(number, { partitionId: scope.partitionId, carrierId: number.carrierId, now: change.now })
    const stored = await change.sql
      .insertInto('telephone_number')
      .values({ ...row, operational_status: number.operationalStatus })
      .onConflict((conflict) => conflict.column('phone_number').doNothing())
      .returningAll()
      .executeTakeFirst()
    if (stored === undefined) return err(alreadyInUse('DuplicatePhoneNumber', 'phoneNumber', number.phoneNumber, 'platform'))
    change.emit(inventoryChanged(scope, stored, 'added'))
    return ok(stored)
  })
}

function inventoryChanged(scope: PartitionScope, row: TelephoneNumberRow, what: 'added' | 'removed'): DomainEvent {
  const { phone_number: phoneNumber, rate_center: rateCenter, state, carrier_id: carrierId } = row
  const value = { phoneNumber, rateCenter, state, carrierId }
  return {
    type: `number.${what}`,
    partitionId: scope.partitionId,
    accountId: undefined,
    data: { phoneNumber },
    history: {
      type: 'TN_INVENTORY',
      action: what === 'added' ? 'CREATE' : 'DELETE',
      oldValue: what === 'added' ? undefined : value,
      newValue: what === 'added' ? value : undefined,
      referenceType: 'TELEPHONE_NUMBER',
      referenceId: phoneNumber,
      referenceName: phoneNumber,
    },
  }
}

/** Takes a number nobody uses out of the partition's own inventory for good. */
export function removeFromInventory(
  context: Context,
  principal: Principal,
  scope: PartitionScope,
  phoneNumber: string,
): Promise<Result<undefined, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const row = await change.sql
      .selectFrom('telephone_number')
      .selectAll()
      .where('phone_number', '=', phoneNumber)
      .where('partition_id', '=', scope.partitionId)
      .forUpdate()
      .executeTakeFirst()
    if (row === undefined) return err(entityNotFound('TelephoneNumber', phoneNumber))
    if (row.account_id !== null) return err(inConflict('TelephoneNumberInUse', `${phoneNumber} is on an account.`, { phoneNumber }))
    if (isReserved(factsOf(row), change.now.getTime())) return err(inConflict('TelephoneNumberReserved', `${phoneNumber} is reserved.`, { phoneNumber }))
    await change.sql.deleteFrom('telephone_number').where('phone_number', '=', phoneNumber).where('partition_id', '=', scope.partitionId).execute()
    change.emit(inventoryChanged(scope, row, 'removed'))
    return ok(undefined)
  })
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 64) : undefined
}

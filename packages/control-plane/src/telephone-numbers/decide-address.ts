import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { type E911Address, NO_ADDRESS, NOBODY } from '../addresses/index.ts'
import type { Context } from '../context.ts'
import { type Write, write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, invalidFields } from '../failures/index.ts'
import { e911Columns, type E911Record } from './e911-record.ts'
import { noteCorrectedAddress } from './number-service-events.ts'
import { numberChanged } from './telephone-number-events.ts'
import { findOnAccount, lockOnAccount, type TelephoneNumberRow, updateNumber } from './telephone-number-queries.ts'

/** What the address service would write instead, with the people of the address as recorded; 404 when it has nothing to say. */
export async function findCorrection(context: Context, scope: AccountScope, phoneNumber: string): Promise<Result<E911Address, ApiFailure>> {
  const row = await findOnAccount(context.database.sql, scope, phoneNumber)
  if (row === undefined) return err(entityNotFound('TelephoneNumber', phoneNumber))
  const correction = correctionOf(row)
  return correction === undefined ? err(entityNotFound('E911Correction', phoneNumber)) : ok(correction)
}

/** Registers the form of the address service. */
export function acceptCorrection(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  phoneNumber: string,
): Promise<Result<TelephoneNumberRow, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const row = await lockOnAccount(change.sql, scope, phoneNumber)
    if (row === undefined) return err(entityNotFound('TelephoneNumber', phoneNumber))
    const address = correctionOf(row)
    if (address === undefined) return err(entityNotFound('E911Correction', phoneNumber))
    return ok(await settle(change, scope, row, { address, correction: undefined, decision: 'CORRECTION' }))
  })
}

export interface Position {
  readonly latitude: string | undefined
  readonly longitude: string | undefined
}

/** Registers the address as it was written: somebody knows better, and says where on the ground it is. */
export function acceptOriginal(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  phoneNumber: string,
  given: Position,
): Promise<Result<TelephoneNumberRow, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const row = await lockOnAccount(change.sql, scope, phoneNumber)
    if (row === undefined) return err(entityNotFound('TelephoneNumber', phoneNumber))
    if (correctionOf(row) === undefined) return err(entityNotFound('E911Correction', phoneNumber))
    const original = addressOf(row)
    const position = { latitude: given.latitude ?? original.latitude, longitude: given.longitude ?? original.longitude }
    const failure = positionFailure(position)
    if (failure !== undefined) return err(failure)
    return ok(await settle(change, scope, row, { address: { ...original, ...position }, correction: undefined, decision: 'ORIGINAL' }))
  })
}

async function settle(change: Write, scope: AccountScope, row: TelephoneNumberRow, record: E911Record): Promise<TelephoneNumberRow> {
  const settled = await updateNumber(change.sql, row, e911Columns(record), change.now)
  await noteCorrectedAddress(change, scope, row.phone_number)
  const addresses = { before: row.e911_address, after: settled.e911_address }
  change.emit(numberChanged(scope, row.phone_number, { event: 'number.updated', type: 'ADDRESS_E911', action: 'UPDATE', ...addresses }))
  return settled
}

/** Four to six decimals are a doorway to a room (public-spec section 10); fewer are a neighbourhood. */
function positionFailure({ latitude, longitude }: Position): ApiFailure | undefined {
  const problems = [...[{ field: 'latitude', value: latitude, maximum: 90 }], ...[{ field: 'longitude', value: longitude, maximum: 180 }]].flatMap(
    ({ field, value, maximum }) => {
      const name = field.charAt(0).toUpperCase() + field.slice(1)
      if (value === undefined || value === '') return [{ field, code: `${name}Required`, reason: 'is missing', rule: 'where the address is' }]
      const isExact = /^[+-]?\d{1,3}\.\d{4,15}$/.test(value) && Math.abs(Number(value)) <= maximum
      return isExact
        ? []
        : [{ field, code: `Invalid${name}`, reason: `is "${value.slice(0, 40)}"`, rule: `from -${maximum} to ${maximum}, with at least 4 decimals` }]
    },
  )
  return problems.length === 0 ? undefined : invalidFields(problems)
}

function correctionOf(row: TelephoneNumberRow): E911Address | undefined {
  return row.e911_correction === null ? undefined : { ...addressOf(row), ...row.e911_correction }
}

function addressOf(row: TelephoneNumberRow): E911Address {
  return { ...NO_ADDRESS, ...NOBODY, ...row.e911_address }
}

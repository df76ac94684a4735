import { sql as sqlText } from 'kysely'
import { actorOf, type AccountScope, type Principal, SYSTEM_ACTOR, systemScope } from '../access/index.ts'
import { removeObject } from '../account-objects/index.ts'
import type { Context } from '../context.ts'
import type { DueRows } from '../due-work/index.ts'
import { err, ok, type Result } from '@dialtone/foundation'
import { type Write, write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict } from '../failures/index.ts'
import { carrierOf } from './carrier-adapter.ts'
import { noteProgress } from './number-service-events.ts'
import { NOT_ON_ACCOUNT } from './release-number.ts'
import { numberChanged, numberReleased } from './telephone-number-events.ts'
import { lockOnAccount, type TelephoneNumberRow, updateNumber } from './telephone-number-queries.ts'

/** Activations finished in one go; what is left is due at the next look. */
const MAX_DUE = 200

/** Asks the carrier for a number that was held back until now. */
export async function startActivation(change: Write, scope: AccountScope, phoneNumber: string): Promise<ApiFailure | undefined> {
  const row = await lockOnAccount(change.sql, scope, phoneNumber)
  if (row === undefined) return entityNotFound('TelephoneNumber', phoneNumber)
  if (row.carrier_status !== 'ACTIVATION_ON_HOLD') return notOnHold(phoneNumber)
  const answer = carrierOf(row.carrier_id).activate([phoneNumber])
  if (answer.state === 'active') await becomeActive(change, scope, row)
  else {
    const due = new Date(change.now.getTime() + answer.afterMs)
    await updateNumber(change.sql, row, { carrier_status: 'ACTIVATION_PENDING', activation_due_at: due }, change.now)
    await noteProgress(change, scope, phoneNumber, 'IN_PROGRESS')
    emit(change, scope, row, 'ACTIVATION_PENDING')
  }
  return undefined
}

/** A number that was never active goes back as if nobody had asked for it: no one has its callers yet, so it need not rest. */
export async function returnToInventory(change: Write, scope: AccountScope, phoneNumber: string): Promise<ApiFailure | undefined> {
  const row = await lockOnAccount(change.sql, scope, phoneNumber)
  if (row === undefined) return entityNotFound('TelephoneNumber', phoneNumber)
  if (row.carrier_status !== 'ACTIVATION_ON_HOLD') return notOnHold(phoneNumber)
  const refused = await removeObject(change, scope, { type: 'TELEPHONE_NUMBER', id: phoneNumber })
  if (refused !== undefined) return refused
  await updateNumber(change.sql, row, { ...NOT_ON_ACCOUNT, partition_id: row.inventory_partition_id, carrier_status: 'INVENTORY' }, change.now)
  await noteProgress(change, scope, phoneNumber, 'CANCELLED')
  change.emit(numberReleased(scope, row, { carrierStatus: 'INVENTORY' }))
  return undefined
}

/** A person lets a held activation go on, or gives it up (public-spec section 10). */
export function decideHold(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  phoneNumber: string,
  goesOn: boolean,
): Promise<Result<undefined, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const refused = goesOn ? await startActivation(change, scope, phoneNumber) : await returnToInventory(change, scope, phoneNumber)
    return refused === undefined ? ok(undefined) : err(refused)
  })
}

/** What carriers have finished by now. The times are stored: neither a crash nor a jump of the clock loses one. */
export async function finishDueActivations(context: Context, rows: DueRows): Promise<void> {
  const due = await context.database.sql
    .selectFrom('telephone_number')
    .select(['phone_number', 'partition_id', 'account_id'])
    .where('activation_due_at', '<=', new Date(context.clock.nowMs()))
    .where('account_id', 'is not', null)
    .where(sqlText<boolean>`phone_number <> ALL(${rows.resting()})`)
    .orderBy('activation_due_at')
    .limit(MAX_DUE)
    .execute()
  for (const { phone_number: phoneNumber, partition_id: partitionId, account_id: accountId } of due)
    await rows.attempt(phoneNumber, () => finish(context, systemScope(partitionId, accountId ?? ''), phoneNumber))
}

async function finish(context: Context, scope: AccountScope, phoneNumber: string): Promise<void> {
  await write(context, SYSTEM_ACTOR, async (change) => {
    const row = await lockOnAccount(change.sql, scope, phoneNumber)
    // Another node was faster, or the number has gone.
    if (row?.activation_due_at !== null && row !== undefined && row.activation_due_at <= change.now) await becomeActive(change, scope, row)
    return ok(undefined)
  })
}

async function becomeActive(change: Write, scope: AccountScope, row: TelephoneNumberRow): Promise<void> {
  await updateNumber(change.sql, row, { carrier_status: 'ACTIVE', activated_at: change.now, activation_due_at: null }, change.now)
  await noteProgress(change, scope, row.phone_number, 'COMPLETED')
  emit(change, scope, row, 'ACTIVE')
}

function emit(change: Write, scope: AccountScope, row: TelephoneNumberRow, carrierStatus: string): void {
  const event = carrierStatus === 'ACTIVE' ? 'number.activated' : 'number.updated'
  const before = { carrierStatus: row.carrier_status }
  change.emit(numberChanged(scope, row.phone_number, { event, type: 'PHONE_NUMBER', action: 'UPDATE', before, after: { carrierStatus } }))
}

function notOnHold(phoneNumber: string): ApiFailure {
  return inConflict('ActivationNotOnHold', `The activation of ${phoneNumber} is not on hold.`, { phoneNumber })
}

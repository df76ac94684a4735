import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, type Actor, hashPassword, verifyPassword } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { Sql, Transaction } from '../database/index.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, invalidField } from '../failures/index.ts'
import { boxChanged } from './change-box.ts'

/** What a new box and a reset one answer to, until its owner chooses another one at the first call (public-spec section 8). */
export const DEFAULT_PIN = '1234'
const PIN_FORM = /^\d{4,10}$/
/** So many wrong ones lock the box until somebody unlocks it. */
export const MAX_PIN_FAILURES = 5

export type PinCheck = 'right' | 'must change' | 'wrong' | 'locked'

export function pinProblem(pin: string): ApiFailure | undefined {
  if (!PIN_FORM.test(pin)) return invalidField('pin', 'cannot be a PIN', '4 to 10 digits')
  if (new Set(pin).size === 1 || '01234567890'.includes(pin) || '09876543210'.includes(pin))
    return invalidField('pin', 'is too easy to guess', 'no repetition and no sequence', 'PinTooSimple')
  return undefined
}

/** A new PIN also unlocks. `undefined`: back to the first one, to be changed at the next access. */
export async function setPin(sql: Transaction, scope: AccountScope, boxId: string, pinHash: string | undefined): Promise<boolean> {
  const { numUpdatedRows } = await sql
    .updateTable('voicemail_box')
    .set({ pin_hash: pinHash ?? null, pin_failures: 0 })
    .where('id', '=', boxId)
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .executeTakeFirst()
  await showLock(sql, scope, boxId)
  return numUpdatedRows > 0n
}

export async function unlockPin(sql: Transaction, scope: AccountScope, boxId: string): Promise<boolean> {
  const { numUpdatedRows } = await sql
    .updateTable('voicemail_box')
    .set({ pin_failures: 0 })
    .where('id', '=', boxId)
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .executeTakeFirst()
  await showLock(sql, scope, boxId)
  return numUpdatedRows > 0n
}

/** Its users are shown whether their box is locked, which it says itself by the wrong PINs it has counted. @returns whether it is */
export async function showLock(sql: Transaction, scope: AccountScope, boxId: string): Promise<boolean> {
  const box = await sql
    .selectFrom('voicemail_box')
    .select('pin_failures')
    .where('id', '=', boxId)
    .where('account_id', '=', scope.accountId)
    .forUpdate()
    .executeTakeFirst()
  const isLocked = box !== undefined && box.pin_failures >= MAX_PIN_FAILURES
  await sql
    .updateTable('end_user')
    .set({ pin_locked_out: isLocked })
    .where('voicemail_box_id', '=', boxId)
    .where('account_id', '=', scope.accountId)
    .where('pin_locked_out', '<>', isLocked)
    .execute()
  return isLocked
}

/** A caller tries a PIN. When it was one wrong too many, users and history say that the box is locked. */
export async function tryPin(context: Context, actor: Actor, scope: AccountScope, boxId: string, pin: string): Promise<Result<PinCheck, ApiFailure>> {
  const checked = await checkPin(context.database.sql, scope, boxId, pin)
  if (!checked.ok || checked.value !== 'wrong') return checked
  const noted = await write(context, actor, async (change) => {
    if (await showLock(change.sql, scope, boxId)) change.emit(boxChanged(scope, boxId, {}, { changed: 'PIN locked' }))
    return ok(undefined)
  })
  return noted.ok ? checked : noted
}

/** Asked by whoever lets somebody at the messages. Counts what is wrong before it answers, so that guessing at many calls at once does not help. */
export async function checkPin(sql: Sql, scope: AccountScope, boxId: string, pin: string): Promise<Result<PinCheck, ApiFailure>> {
  const counted = await sql
    .updateTable('voicemail_box')
    .set((expression) => ({ pin_failures: expression('pin_failures', '+', 1) }))
    .where('id', '=', boxId)
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where('pin_failures', '<', MAX_PIN_FAILURES)
    .returning('pin_hash')
    .executeTakeFirst()
  if (counted === undefined) {
    const box = await sql.selectFrom('voicemail_box').select('id').where('id', '=', boxId).where('account_id', '=', scope.accountId).executeTakeFirst()
    return box === undefined ? err(entityNotFound('VoicemailBox', boxId)) : ok('locked')
  }
  const isRight = counted.pin_hash === null ? pin === DEFAULT_PIN : await verifyPassword(pin, counted.pin_hash)
  if (!isRight) return ok('wrong')
  await sql.updateTable('voicemail_box').set({ pin_failures: 0 }).where('id', '=', boxId).where('account_id', '=', scope.accountId).execute()
  return ok(counted.pin_hash === null ? 'must change' : 'right')
}

export const hashPin = hashPassword

import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { endPlansOf } from '../calling-plans/index.ts'
import type { Context } from '../context.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict } from '../failures/index.ts'
import { forgetPasswords } from '../passwords/index.ts'
import { attributesOf } from './account-attributes.ts'
import { accountDeleted, administratorDeleted } from './account-events.ts'
import { countDependents, deleteAccountUsers, lockAccount, markAccountDeleted } from './account-queries.ts'

/** Deletes an account that holds nothing any more, with its administrators; nothing in use is deleted silently. */
export async function deleteAccount(context: Context, principal: Principal, scope: AccountScope): Promise<Result<undefined, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const row = await lockAccount(change.sql, scope)
    if (row === undefined || row.status === 'DELETED') return err(entityNotFound('Account', scope.accountId))
    const dependents = await countDependents(change.sql, scope)
    if (Object.keys(dependents).length > 0) return err(accountInUse(dependents))
    // Nobody could reach them any more, and their login names and roles would be taken for good.
    for (const user of await deleteAccountUsers(change.sql, scope)) {
      await forgetPasswords(change.sql, user.id)
      change.emit(administratorDeleted(row, user))
    }
    await endPlansOf(change.sql, scope, change.now)
    await markAccountDeleted(change.sql, scope, change.now)
    change.emit(accountDeleted(row, attributesOf(row)))
    return ok(undefined)
  })
}

function accountInUse(dependents: Readonly<Record<string, number>>): ApiFailure {
  const { END_USER = 0, TELEPHONE_NUMBER = 0, LINE_APPEARANCE = 0 } = dependents
  const counted = Object.entries(dependents).map(([type, count]) => `${count} ${type}`)
  return inConflict('AccountInUse', `The account still holds ${counted.join(', ')}.`, {
    ...dependents,
    endUsers: END_USER,
    telephoneNumbers: TELEPHONE_NUMBER,
    deviceLines: LINE_APPEARANCE,
  })
}

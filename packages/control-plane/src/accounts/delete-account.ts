import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict } from '../failures/index.ts'
import { attributesOf } from './account-attributes.ts'
import { accountDeleted } from './account-events.ts'
import { countDependents, lockAccount, markAccountDeleted } from './account-queries.ts'

/** Deletes an account that holds nothing any more; nothing in use is deleted silently. */
export async function deleteAccount(context: Context, principal: Principal, scope: AccountScope): Promise<Result<undefined, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const row = await lockAccount(change.sql, scope)
    if (row === undefined || row.status === 'DELETED') return err(entityNotFound('Account', scope.accountId))
    const dependents = await countDependents(change.sql, scope)
    if (dependents.telephoneNumbers + dependents.endUsers + dependents.deviceLines > 0) return err(accountInUse(dependents))
    await markAccountDeleted(change.sql, scope, change.now)
    change.emit(accountDeleted(row, attributesOf(row)))
    return ok(undefined)
  })
}

function accountInUse(dependents: { telephoneNumbers: number; endUsers: number; deviceLines: number }): ApiFailure {
  const { telephoneNumbers, endUsers, deviceLines } = dependents
  return inConflict('AccountInUse', `The account still has ${telephoneNumbers} telephone numbers, ${endUsers} users and ${deviceLines} device lines.`, {
    ...dependents,
  })
}

import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { removeCallingPlans, sharersOf } from '../calling-plans/index.ts'
import type { Context } from '../context.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict } from '../failures/index.ts'
import { dropSoftphone } from '../user-softphones/index.ts'
import { attributesOf } from './end-user-attributes.ts'
import { userDeleted } from './end-user-events.ts'
import { deleteEndUserRow, lockEndUser } from './end-user-queries.ts'
import { removeOwnBox, unregisterUser } from './registered-user.ts'
import { refusedByAuthority } from './user-authority.ts'

/** Deletes a user that no number and no device points at; his box and plan go with him. */
export async function deleteEndUser(context: Context, principal: Principal, scope: AccountScope, userId: string): Promise<Result<undefined, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const row = await lockEndUser(change.sql, scope, userId)
    if (row === undefined) return err(entityNotFound('EndUser', userId))
    const beyond = refusedByAuthority(principal, userId, attributesOf(row), undefined)
    if (beyond !== undefined) return err(beyond)
    const refused = (await dropSoftphone(change, scope, userId)) ?? (await unregisterUser(change, scope, row))
    if (refused !== undefined) return err(refused)
    const sharers = await sharersOf(change.sql, scope, { referenceType: 'END_USER', referenceId: userId }, change.now)
    if (sharers.length > 0) return err(inConflict('EndUserInUse', `${sharers.length} others share the plan of the user.`, { callingPlanSharedWith: sharers }))
    await removeCallingPlans(change.sql, scope, 'END_USER', userId)
    await deleteEndUserRow(change.sql, scope, row)
    const kept = await removeOwnBox(context, change, scope, row)
    if (kept !== undefined) return err(kept)
    change.emit(userDeleted(row, attributesOf(row)))
    return ok(undefined)
  })
}

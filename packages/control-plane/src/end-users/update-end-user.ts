import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { lockAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, invalidFields } from '../failures/index.ts'
import { foreignCallerId, owningAccount, takenValue, usernameInUse } from './create-end-user.ts'
import { type EndUserAttributes, endUserProblems, type EndUserRequest, withDefaults } from './end-user.ts'
import { attributesOf } from './end-user-attributes.ts'
import { userUpdated } from './end-user-events.ts'
import { type EndUserRow, isOperatorName, lockEndUser, ownsNumber, updateEndUserRow } from './end-user-queries.ts'
import { reregisterUser } from './registered-user.ts'

/**
 * Changes a user.
 * @param revise makes the wanted attributes from the stored ones while the row is locked; PUT replaces, PATCH merges.
 */
export async function updateEndUser(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  userId: string,
  revise: (before: EndUserAttributes) => Result<EndUserRequest, ApiFailure>,
): Promise<Result<EndUserRow, ApiFailure>> {
  let wanted: EndUserRequest = {}
  try {
    return await write(context, actorOf(principal), async (change) => {
      const account = await lockAccount(change.sql, scope)
      const stored = await lockEndUser(change.sql, scope, userId)
      if (account === undefined || stored === undefined) return err(entityNotFound('EndUser', userId))
      const before = attributesOf(stored)
      const revised = revise(before)
      if (!revised.ok) return revised
      wanted = revised.value
      const after = withDefaults(
        { ...wanted, timeZone: wanted.timeZone ?? before.timeZone, languageTag: wanted.languageTag ?? before.languageTag },
        owningAccount(account),
      )
      const problems = endUserProblems(after, owningAccount(account))
      if (problems.length > 0) return err(invalidFields(problems))
      if (after.username !== undefined && after.username !== before.username && (await isOperatorName(change.sql, after.username)))
        return err(usernameInUse(after.username))
      const { callerIdNumber } = after.callerIdConfig
      if (callerIdNumber !== undefined && !(await ownsNumber(change.sql, scope, callerIdNumber))) return err(foreignCallerId(callerIdNumber))
      const row = await updateEndUserRow(change.sql, scope, userId, after, change.now)
      const refused = await reregisterUser(change, scope, row)
      if (refused !== undefined) return err(refused)
      change.emit(userUpdated(row, before, after))
      return ok(row)
    })
  } catch (error) {
    return err(takenValue(error, wanted))
  }
}

import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { rescheduleResets } from '../calling-plans/index.ts'
import type { Context } from '../context.ts'
import { violatedUniqueIndex } from '../database/index.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, invalidField, invalidFields } from '../failures/index.ts'
import { partitionDefaults } from '../partitions/index.ts'
import { type AccountAttributes, accountProblems, type AccountRequest, immutableProblems, withDefaults } from './account.ts'
import { attributesOf } from './account-attributes.ts'
import { accountUpdated } from './account-events.ts'
import { type AccountRecord, countDependents, findAccount, lockAccount, updateAccountRow } from './account-queries.ts'
import { accountNumberInUse } from './create-account.ts'
import { unprovenSettings } from './proven-settings.ts'

/**
 * Changes an account.
 * @param revise makes the wanted attributes from the stored ones while the row is locked; PUT replaces, PATCH merges.
 */
export async function updateAccount(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  revise: (before: AccountAttributes) => Result<AccountRequest, ApiFailure>,
): Promise<Result<AccountRecord, ApiFailure>> {
  const defaults = await partitionDefaults(context.database.sql, scope)
  let wantedNumber = ''
  try {
    return await write(context, actorOf(principal), async (change) => {
      const stored = await lockAccount(change.sql, scope)
      if (stored === undefined) return err(entityNotFound('Account', scope.accountId))
      const before = attributesOf(stored)
      const revised = revise(before)
      if (!revised.ok) return revised
      const after = withDefaults(keepIdentity(revised.value, before), defaults)
      wantedNumber = after.accountNumber
      const problems = [...accountProblems(after, defaults), ...immutableProblems(before, after)]
      if (problems.length > 0) return err(invalidFields(problems))
      const unproven = await unprovenSettings(change.sql, scope, after)
      if (unproven !== undefined) return err(unproven)
      if (before.accountType !== after.accountType && Object.keys(await countDependents(change.sql, scope)).length > 0)
        return err(invalidField('accountType', 'cannot be changed', 'while the account holds anything'))
      if (before.billingCycleDay !== after.billingCycleDay) await rescheduleResets(change.sql, scope, after.billingCycleDay, change.now)
      const platformChangedAt = before.platformType === after.platformType ? stored.platform_changed_at : change.now
      const row = await updateAccountRow(change.sql, scope, after, { now: change.now, platformChangedAt })
      change.emit(accountUpdated(row, before, after))
      const record = await findAccount(change.sql, scope)
      return record === undefined ? err(entityNotFound('Account', scope.accountId)) : ok(record)
    })
  } catch (error) {
    if (violatedUniqueIndex(error) === 'account_number') return err(accountNumberInUse(wantedNumber))
    throw error
  }
}

/** A replace that leaves out what names the account, or what cannot change, keeps it. */
function keepIdentity(request: AccountRequest, before: AccountAttributes): AccountRequest {
  return {
    ...request,
    accountNumber: request.accountNumber ?? before.accountNumber,
    accountName: request.accountName ?? before.accountName,
    accountType: request.accountType ?? before.accountType,
    extensionLength: request.extensionLength ?? before.extensionLength,
    status: request.status ?? before.status,
    products: request.products ?? ((request.accountType ?? before.accountType) === before.accountType ? before.products : undefined),
  }
}

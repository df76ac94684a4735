import { err, ok, type Result } from '@dialtone/foundation'
import { actorOf, type PartitionScope, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { violatedUniqueIndex } from '../database/index.ts'
import { write } from '../events/index.ts'
import { alreadyInUse, type ApiFailure, fieldRequired, invalidFields } from '../failures/index.ts'
import { partitionDefaults } from '../partitions/index.ts'
import { accountProblems, type AccountRequest, withDefaults } from './account.ts'
import { accountCreated } from './account-events.ts'
import { type AccountRecord, insertAccount } from './account-queries.ts'
import { unprovenSettings } from './proven-settings.ts'

/** Creates an account: the container of everything of an end customer (S1-26 … S1-40). */
export async function createAccount(
  context: Context,
  principal: Principal,
  scope: PartitionScope,
  request: AccountRequest,
): Promise<Result<AccountRecord, ApiFailure>> {
  if (request.accountName === undefined || request.accountName === '') return err(fieldRequired('accountName'))
  if (request.accountNumber === undefined || request.accountNumber === '') return err(fieldRequired('accountNumber'))
  const defaults = await partitionDefaults(context.database.sql, scope)
  const account = withDefaults(request, defaults)
  const problems = accountProblems(account, defaults)
  if (account.status === 'DELETED' || account.status === 'DELETE_PENDING')
    problems.push({ field: 'status', code: 'InvalidStatus', reason: `is ${account.status}`, rule: 'a new account is ACTIVE, PENDING, SUSPENDED or DISABLED' })
  if (problems.length > 0) return err(invalidFields(problems))
  try {
    return await write(context, actorOf(principal), async (change) => {
      const unproven = await unprovenSettings(change.sql, scope, account)
      if (unproven !== undefined) return err(unproven)
      const row = await insertAccount(change.sql, scope, account, defaults.holdMusicMediaId, change.now)
      change.emit(accountCreated(row, account))
      return ok({ row, endUserCount: 0 })
    })
  } catch (error) {
    // The index decides, not a look-up before: two requests at the same time cannot both win.
    if (violatedUniqueIndex(error) === 'account_number') return err(accountNumberInUse(account.accountNumber))
    throw error
  }
}

export function accountNumberInUse(accountNumber: string): ApiFailure {
  return alreadyInUse('DuplicateAccountNumber', 'accountNumber', accountNumber, 'partition')
}

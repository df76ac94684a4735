import type { AccountScope } from '../access/index.ts'
import { extensionProblem, lockAccount } from '../accounts/index.ts'
import type { Write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, invalidFields } from '../failures/index.ts'

/** The failure of an extension that the account's own rules do not allow. */
export async function fittingExtension(change: Write, scope: AccountScope, extension: string | undefined): Promise<ApiFailure | undefined> {
  if (extension === undefined) return undefined
  const account = await lockAccount(change.sql, scope)
  if (account === undefined) return entityNotFound('Account', scope.accountId)
  const problem = extensionProblem(account, extension)
  return problem === undefined ? undefined : invalidFields([problem])
}

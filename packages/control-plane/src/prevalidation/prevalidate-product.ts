import { err, ok, type Result } from '@dialtone/foundation'
import type { AccountScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, entityNotFound, inConflict } from '../failures/index.ts'

/** A home phone account has one user, one number and one device (S1-19, S1-24). */
const LIMIT_OF_SIMPLE = 1

/** Whether what an account holds fits its product, or the one it is to get. */
export async function prevalidateProduct(
  context: Context,
  scope: AccountScope,
  accountType: 'SIMPLE' | 'ADVANCED' | undefined,
): Promise<Result<undefined, ApiFailure>> {
  const { sql } = context.database
  const account = await sql
    .selectFrom('account')
    .select(['account_type', 'status'])
    .where('id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .executeTakeFirst()
  if (account === undefined) return err(entityNotFound('Account', scope.accountId))
  if (account.status !== 'ACTIVE') return err(inConflict('AccountNotActive', `The account is ${account.status}.`, { status: account.status }))
  if ((accountType ?? account.account_type) !== 'SIMPLE') return ok(undefined)
  const count = async (table: 'end_user' | 'telephone_number' | 'device'): Promise<number> => {
    const { total } = await sql
      .selectFrom(table)
      .select((row) => row.fn.countAll<string>().as('total'))
      .where('account_id', '=', scope.accountId)
      .executeTakeFirstOrThrow()
    return Number(total)
  }
  const held = { endUsers: await count('end_user'), telephoneNumbers: await count('telephone_number'), devices: await count('device') }
  if (Object.values(held).every((total) => total <= LIMIT_OF_SIMPLE)) return ok(undefined)
  return err(
    inConflict('AccountProductNotAvailable', 'A SIMPLE account has one user, one telephone number and one device.', { ...held, limit: LIMIT_OF_SIMPLE }),
  )
}

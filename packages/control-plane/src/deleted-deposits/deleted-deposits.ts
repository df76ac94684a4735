import type { AccountScope } from '../access/index.ts'
import type { Transaction } from '../database/index.ts'
import type { Write } from '../events/index.ts'

/** The switch tries again for as long as it runs, and once more when it starts. */
const REMEMBERED_MS = 30 * 86_400_000

/** What was deleted does not come back when the switch, not sure whether it was kept, brings it again. */
export async function noteDeletedDeposits({ sql, now }: Write, { partitionId, accountId }: AccountScope, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const rows = ids.map((id) => ({ id, partition_id: partitionId, account_id: accountId, deleted_at: now }))
  await sql
    .deleteFrom('deleted_deposit')
    .where('account_id', '=', accountId)
    .where('deleted_at', '<', new Date(now.getTime() - REMEMBERED_MS))
    .execute()
  await sql
    .insertInto('deleted_deposit')
    .values(rows)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
}

export async function isDeletedDeposit(
  sql: Transaction,
  { partitionId, accountId }: Pick<AccountScope, 'partitionId' | 'accountId'>,
  id: string,
): Promise<boolean> {
  const row = await sql
    .selectFrom('deleted_deposit')
    .select('id')
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .where('partition_id', '=', partitionId)
    .executeTakeFirst()
  return row !== undefined
}

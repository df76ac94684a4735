import { afterCommit } from '../events/index.ts'
import type { AccountScope, PartitionScope, Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type AccountSummary, summariesOf } from './account-summary.ts'

const MAX_LISTED = 10
const RECENT_MS = 7 * 86_400_000
/** One look a minute is one access, however often the page is read again meanwhile. */
const REPEAT_MS = 60_000
const MAX_REMEMBERED = 20_000

/** Who looked at what within the last minute, a process; forgetting it costs one write. */
const remembered = new Map<string, number>()

/** Remembers that somebody opened an account, for his own list and that of everybody. */
export async function rememberAccess(context: Context, principal: Principal, scope: AccountScope): Promise<void> {
  const key = `${principal.userId} ${scope.accountId}`
  const nowMs = context.clock.nowMs()
  const last = remembered.get(key)
  if (last !== undefined && nowMs - last < REPEAT_MS) return
  if (remembered.size >= MAX_REMEMBERED) remembered.clear()
  remembered.set(key, nowMs)
  const accessed_at = new Date(nowMs)
  await afterCommit(context, async ({ database }) => {
    await database.sql
      .insertInto('account_access')
      .values({ user_id: principal.userId, account_id: scope.accountId, partition_id: scope.partitionId, accesses: 1, accessed_at })
      .onConflict((conflict) =>
        conflict.columns(['user_id', 'account_id']).doUpdateSet((row) => ({ accesses: row('account_access.accesses', '+', 1), accessed_at })),
      )
      .execute()
  })
}

/** The ten accounts of the partition that are opened most often, by anybody (public-spec section 2). */
export async function frequentlyAccessed(context: Context, scope: PartitionScope): Promise<readonly AccountSummary[]> {
  const { sql } = context.database
  const rows = await sql
    .selectFrom('account_access')
    .innerJoin('account', 'account.id', 'account_access.account_id')
    .select((row) => ['account_access.account_id', row.fn.sum<string>('account_access.accesses').as('total')])
    .where('account_access.partition_id', '=', scope.partitionId)
    .where('account.status', '<>', 'DELETED')
    .groupBy('account_access.account_id')
    .orderBy('total', 'desc')
    .orderBy('account_access.account_id')
    .limit(MAX_LISTED)
    .execute()
  return summariesOf(sql, scope, rows.map((row) => row.account_id)) // prettier-ignore
}

/** The ten accounts that one user opened last, within seven days. */
export async function recentlyAccessed(context: Context, principal: Principal, scope: PartitionScope): Promise<readonly AccountSummary[]> {
  const { sql } = context.database
  const rows = await sql
    .selectFrom('account_access')
    .innerJoin('account', 'account.id', 'account_access.account_id')
    .select('account_access.account_id')
    .where('account_access.partition_id', '=', scope.partitionId)
    .where('account_access.user_id', '=', principal.userId)
    .where('account_access.accessed_at', '>=', new Date(context.clock.nowMs() - RECENT_MS))
    .where('account.status', '<>', 'DELETED')
    .orderBy('account_access.accessed_at', 'desc')
    .limit(MAX_LISTED)
    .execute()
  return summariesOf(sql, scope, rows.map((row) => row.account_id)) // prettier-ignore
}

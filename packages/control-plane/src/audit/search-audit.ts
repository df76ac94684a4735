import { sql as sqlText } from 'kysely'
import type { Sql } from '../database/index.ts'

export interface AuditQuery {
  readonly partitionIds: readonly string[]
  readonly accountId: string | undefined
  readonly from: Date | undefined
  /** Exclusive. */
  readonly to: Date | undefined
  readonly userId: string | undefined
  /** Whole or in part, any case. */
  readonly userName: string | undefined
  readonly type: string | undefined
  readonly action: string | undefined
  readonly referenceType: string | undefined
  readonly referenceId: string | undefined
  /** Where the page before ended. */
  readonly before: AuditPlace | undefined
  readonly limit: number
}

export interface AuditPlace {
  readonly loggedAt: Date
  readonly id: string
}

export interface AuditRow {
  readonly id: string
  readonly partition_id: string
  /** null: it happened to the partition itself. */
  readonly account_id: string | null
  readonly type: string
  readonly action: string
  readonly old_value: unknown
  readonly new_value: unknown
  readonly reference_type: string | null
  readonly reference_id: string | null
  readonly reference_name: string | null
  readonly user_id: string
  readonly user_name: string
  readonly user_type: string
  readonly logged_at: Date
}

/** Who changed what, in the accounts of the partitions and in the partitions themselves: newest first. */
export async function searchAudit(sql: Sql, query: AuditQuery): Promise<readonly AuditRow[]> {
  const ofAccounts = await page(sql, 'account_history', query)
  // Asked for one account, what happened to the partition is not meant.
  const ofPartitions = query.accountId === undefined ? await page(sql, 'partition_history', query) : []
  return [...ofAccounts, ...ofPartitions].toSorted(newestFirst).slice(0, query.limit)
}

function page(sql: Sql, table: 'account_history' | 'partition_history', query: AuditQuery): Promise<AuditRow[]> {
  let rows = sql
    .selectFrom(table)
    .select(['id', 'partition_id', 'type', 'action', 'old_value', 'new_value', 'reference_type', 'reference_id', 'reference_name'])
    .select(['user_id', 'user_name', 'user_type', 'logged_at'])
    .select(table === 'account_history' ? sqlText<string | null>`account_id`.as('account_id') : sqlText<string | null>`NULL`.as('account_id'))
    .where('partition_id', 'in', [...query.partitionIds])
  if (query.accountId !== undefined) rows = rows.where(sqlText<boolean>`account_id = ${query.accountId}`)
  if (query.from !== undefined) rows = rows.where('logged_at', '>=', query.from)
  if (query.to !== undefined) rows = rows.where('logged_at', '<', query.to)
  for (const [column, value] of [
    ['user_id', query.userId],
    ['type', query.type],
    ['action', query.action],
    ['reference_type', query.referenceType],
    ['reference_id', query.referenceId],
  ] as const)
    // prettier-ignore
    if (value !== undefined) rows = rows.where(column, '=', value)
  if (query.userName !== undefined) rows = rows.where('user_name', 'ilike', `%${query.userName.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`)
  const { before } = query
  if (before !== undefined) rows = rows.where((row) => row(row.refTuple('logged_at', 'id'), '<', row.tuple(before.loggedAt, before.id)))
  return rows.orderBy('logged_at', 'desc').orderBy('id', 'desc').limit(query.limit).execute()
}

function newestFirst(one: AuditRow, other: AuditRow): number {
  return other.logged_at.getTime() - one.logged_at.getTime() || (one.id < other.id ? 1 : -1)
}

import { sql as text } from 'kysely'
import { type PartitionScope, visiblePartitions } from '../access/index.ts'
import type { Context } from '../context.ts'
import { addedAt } from './number-reports.ts'

/** What is counted, and where. */
const COUNTED = {
  device: `device`,
  line: `device_line`,
  sip: `account_object WHERE type = 'SIP_TRUNK'`,
  tn: `telephone_number WHERE account_id IS NOT NULL`,
  user: `end_user`,
  vfax: `account_object WHERE type = 'VFAX'`,
} as const
export type Counted = keyof typeof COUNTED

/** How many there are, and how many of them came this month (UTC). */
export async function countOf(context: Context, scope: PartitionScope, what: Counted): Promise<{ newCount: number; totalCount: number }> {
  const { sql } = context.database
  const now = new Date(context.clock.nowMs())
  const monthStart = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1))
  const source = COUNTED[what]
  // A number is older than its stay on an account: it came when the file of the month says. What was active before came before.
  const isNew =
    what === 'tn'
      ? text`CASE WHEN activated_at < ${monthStart} THEN false ELSE coalesce(${text.raw(addedAt('telephone_number'))}, created_at) >= ${monthStart} END`
      : text`created_at >= ${monthStart}`
  const glue = source.includes('WHERE') ? 'AND' : 'WHERE'
  const { rows } = await text<{ total: string; recent: string }>`
    SELECT count(*) AS total, count(*) FILTER (WHERE ${isNew}) AS recent
    FROM ${text.raw(`${source} ${glue}`)} partition_id = ANY(${[...(await visiblePartitions(sql, scope.partitionId))]})`.execute(sql)
  return { newCount: Number(rows[0]?.recent ?? 0), totalCount: Number(rows[0]?.total ?? 0) }
}

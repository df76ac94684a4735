import { sql as raw } from 'kysely'
import { type PartitionScope, visiblePartitions } from '../access/index.ts'
import type { Context } from '../context.ts'

/** An account's part of a call. */
export interface FoundCall {
  readonly sessionId: string
  readonly partitionId: string
  readonly accountId: string
  readonly from: string
  readonly dialed: string
  readonly startedAtMs: number
  /** Left out: it goes on. */
  readonly endedAtMs: number | undefined
  readonly outcome: string | undefined
}

/** One call has a record for each account and forwarded leg; a Call-ID that somebody uses again and again finds the latest. */
const MAX_FOUND = 100

/**
 * Every call with a dialog of this Call-ID: those the switch knows (also what has no record, such as refused INVITEs), and the
 * records of all others. Only of accounts in the partition and below it.
 */
export async function findByCallId(context: Context, scope: PartitionScope, sipCallId: string): Promise<readonly FoundCall[]> {
  const partitionIds = await visiblePartitions(context.database.sql, scope.partitionId)
  const [known, recorded] = await Promise.all([callsOfSwitch(context, partitionIds, sipCallId), recordedCalls(context, partitionIds, sipCallId)])
  // The switch says more: it knows refused calls, and those that have no record yet.
  const isNew = (call: FoundCall, index: number, all: readonly FoundCall[]): boolean =>
    all.findIndex(({ sessionId, accountId }) => sessionId === call.sessionId && accountId === call.accountId) === index
  return [...known, ...recorded].filter(isNew).toSorted((one, other) => other.startedAtMs - one.startedAtMs)
}

async function callsOfSwitch({ calls, database }: Context, partitionIds: readonly string[], sipCallId: string): Promise<readonly FoundCall[]> {
  const sessions = (await calls.sessionsWith(sipCallId)).slice(0, MAX_FOUND)
  const described = (await Promise.all(sessions.map((sessionId) => calls.describe(sessionId)))).filter((call) => call !== undefined)
  const ids = [...new Set(described.flatMap(({ accountIds }) => accountIds))]
  if (ids.length === 0) return []
  const accounts = await database.sql.selectFrom('account').select(['id', 'partition_id']).where('id', 'in', ids).where('partition_id', 'in', partitionIds).execute() // prettier-ignore
  return described.flatMap(({ sessionId, accountIds, from, dialed, startedAtMs, endedAtMs, outcome }) =>
    accounts
      .filter(({ id }) => accountIds.includes(id))
      .map(({ id, partition_id: partitionId }) => ({
        ...{ sessionId, partitionId, accountId: id, from: from.number, dialed, startedAtMs, endedAtMs, outcome: outcome?.disposition },
      })),
  )
}

async function recordedCalls({ database }: Context, partitionIds: readonly string[], sipCallId: string): Promise<readonly FoundCall[]> {
  const rows = await database.sql
    .selectFrom('call_record')
    .select(['session_id', 'partition_id', 'account_id', 'calling_number', 'dialed_number', 'started_at', 'ended_at', 'disposition'])
    .where(raw<boolean>`record -> 'sipCallIds' ? ${sipCallId}`)
    .where('partition_id', 'in', partitionIds)
    .orderBy('started_at', 'desc')
    .limit(MAX_FOUND)
    .execute()
  return rows.map((row) => ({
    ...{ sessionId: row.session_id, partitionId: row.partition_id, accountId: row.account_id },
    ...{ from: row.calling_number, dialed: row.dialed_number, outcome: row.disposition },
    ...{ startedAtMs: row.started_at.getTime(), endedAtMs: row.ended_at.getTime() },
  }))
}

import { type Logger, type Timer, type Timers, type Use, UseCounter } from '@dialtone/foundation'
import { sql as raw } from 'kysely'
import type { Sql } from '../database/index.ts'

export interface RuleUses {
  readonly note: (ruleIds: readonly string[], atMs: number) => void
  /** What another thread has counted. */
  readonly add: (uses: readonly Use[]) => void
  /** Resolves when everything counted so far is stored. */
  settled(): Promise<void>
  stop(): Promise<void>
}

const STORE_MS = 2_000
const HOUR_MS = 3_600_000
const KEPT_MS = 2 * 86_400_000

/** The counts of all threads, stored as sums of hours. */
export function createRuleUses(o: { readonly sql: () => Sql; readonly timers: Timers; readonly logger: Logger }): RuleUses {
  const counter = new UseCounter()
  let timer: Timer | undefined
  let storing: Promise<void> = Promise.resolve()
  const store = (): Promise<void> => {
    timer?.cancel()
    timer = undefined
    const uses = counter.take()
    if (uses.length > 0)
      storing = storing
        .then(() => storeUses(o.sql(), uses))
        .catch((error: unknown) => o.logger.warn('uses of access rules could not be stored', { error: String(error) }))
    return storing
  }
  const later = (): void => {
    timer ??= o.timers.start(STORE_MS, () => void store())
  }
  return {
    note: (ruleIds, atMs) => {
      if (ruleIds.length === 0) return
      counter.note(ruleIds, atMs)
      later()
    },
    add: (uses) => {
      for (const { id, count, lastAtMs } of uses) counter.note([id], lastAtMs, count)
      later()
    },
    settled: store,
    stop: store,
  }
}

async function storeUses(sql: Sql, uses: readonly Use[]): Promise<void> {
  const known = await sql.selectFrom('access_rule').select('id').where('id', 'in', uses.map(({ id }) => id)).execute() // prettier-ignore
  const values = uses
    .filter((use) => known.some(({ id }) => id === use.id))
    .map(({ id, count, lastAtMs }) => ({ rule_id: id, hour: new Date(Math.floor(lastAtMs / HOUR_MS) * HOUR_MS), count, last_at: new Date(lastAtMs) }))
  if (values.length === 0) return
  await sql
    .insertInto('access_rule_use')
    .values(values)
    .onConflict((conflict) =>
      conflict
        .columns(['rule_id', 'hour'])
        .doUpdateSet({ count: raw`access_rule_use.count + excluded.count`, last_at: raw`greatest(access_rule_use.last_at, excluded.last_at)` }),
    )
    .execute()
  const oldest = new Date(Math.min(...values.map(({ last_at: lastAt }) => lastAt.getTime())) - KEPT_MS)
  await sql
    .deleteFrom('access_rule_use')
    .where(
      'rule_id',
      'in',
      values.map((value) => value.rule_id),
    ) // prettier-ignore
    .where('hour', '<', oldest)
    .where('last_at', '<', oldest)
    .execute()
}

/** Of the last 24 hours, hour by hour, and when last at all that is remembered. */
export async function usesOf(sql: Sql, ruleId: string, now: Date): Promise<{ readonly count24h: number; readonly lastAt: Date | undefined }> {
  const rows = await sql.selectFrom('access_rule_use').selectAll().where('rule_id', '=', ruleId).orderBy('hour', 'desc').execute()
  const since = now.getTime() - 86_400_000
  return { count24h: rows.reduce((sum, row) => sum + (row.hour.getTime() > since - HOUR_MS ? row.count : 0), 0), lastAt: rows[0]?.last_at }
}

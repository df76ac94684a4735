import type { Logger } from '@dialtone/foundation'
import type { MemoryChange, RememberedFact, SwitchMemory } from '@dialtone/softswitch'
import type { Database } from '../database/index.ts'

const MAX_WAITING = 100_000
const BATCH_SIZE = 500
/** The switch holds no more lines than that either. */
const MAX_LOADED = 200_000
/** Who called longer ago is nobody's last caller any more. */
const KEPT_MS = 31 * 86_400_000

export interface DatabaseSwitchMemory extends SwitchMemory {
  /** Resolves when everything saved so far is in the database, or could not be written now. */
  flush(): Promise<void>
}

/**
 * Keeps what the switch remembers in the database, behind the calls: of several changes of one thing that wait, only the last is
 * written. What cannot be written waits for the next change; what is older than a month goes at the next start.
 */
export function createSwitchMemory(o: { database: Database; logger: Logger; nowMs: () => number }): DatabaseSwitchMemory {
  const waiting = new Map<string, MemoryChange>()
  let writing: Promise<void> | undefined

  async function drain(): Promise<void> {
    while (waiting.size > 0) {
      const batch = [...waiting].slice(0, BATCH_SIZE)
      for (const [id] of batch) waiting.delete(id)
      try {
        const changes = batch.map(([, change]) => change)
        await store(o.database, changes, new Date(o.nowMs()))
      } catch (error) {
        for (const [id, change] of batch) if (!waiting.has(id)) waiting.set(id, change)
        o.logger.warn('what the switch remembers of calls was not stored; it waits', { count: waiting.size, error: String(error) })
        break
      }
    }
    writing = undefined
  }

  async function flush(): Promise<void> {
    if (waiting.size > 0) writing ??= drain()
    await writing
  }

  return {
    flush,
    load: async () => {
      await flush()
      return load(o.database, o.nowMs())
    },
    save: (change) => {
      const id = change.type === 'forget' ? `${change.kind} ${change.key}` : `${change.fact.kind} ${change.fact.key}`
      if (waiting.size >= MAX_WAITING && !waiting.has(id)) return o.logger.warn('too much of what the switch remembers waits for the database', { id })
      waiting.set(id, change)
      writing ??= drain()
    },
  }
}

async function load({ sql }: Database, nowMs: number): Promise<readonly RememberedFact[]> {
  await sql
    .deleteFrom('switch_memory')
    .where('noted_at', '<', new Date(nowMs - KEPT_MS))
    .execute()
  const rows = await sql
    .selectFrom('switch_memory')
    .innerJoin('account', 'account.id', 'switch_memory.account_id')
    .select(['kind', 'key', 'account_id', 'value'])
    .where('account.status', '<>', 'DELETED')
    .orderBy('noted_at', 'desc')
    .limit(MAX_LOADED)
    .execute()
  // The switch forgets from the front: what was noted last comes last.
  return rows.toReversed().map(({ kind, key, account_id: accountId, value }) => ({ kind, key, accountId, value }) as unknown as RememberedFact)
}

async function store({ sql }: Database, batch: readonly MemoryChange[], now: Date): Promise<void> {
  const facts = batch.flatMap((change) => (change.type === 'remember' ? [change.fact] : []))
  const forgotten = batch.filter((change) => change.type === 'forget')
  await sql.transaction().execute(async (changes) => {
    for (const { kind, key } of forgotten) await changes.deleteFrom('switch_memory').where('kind', '=', kind).where('key', '=', key).execute()
    if (facts.length === 0) return
    await changes
      .insertInto('switch_memory')
      .values(facts.map(({ kind, key, accountId, value }) => ({ kind, key, account_id: accountId, value: JSON.stringify(value), noted_at: now })))
      .onConflict((conflict) =>
        conflict.columns(['kind', 'key']).doUpdateSet((row) => ({
          account_id: row.ref('excluded.account_id'),
          value: row.ref('excluded.value'),
          noted_at: row.ref('excluded.noted_at'),
        })),
      )
      .execute()
  })
}

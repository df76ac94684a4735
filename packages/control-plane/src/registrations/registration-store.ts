import { BoundedQueue, type Logger } from '@dialtone/foundation'
import type { BindingChange, RegistrationStore, StoredBinding } from '@dialtone/softswitch'
import type { Database } from '../database/index.ts'

const MAX_WAITING = 100_000
const BATCH_SIZE = 500
/** Lines known to have registered once: nothing is asked of the database about them again. */
const MAX_KNOWN_LINES = 200_000

export interface DatabaseRegistrationStore extends RegistrationStore {
  /** Resolves when everything saved so far is in the database. */
  flush(): Promise<void>
}

/**
 * Keeps bindings in the database, behind the registrar: it answers phones from memory, and what changed follows
 * in batches. A binding lost in a crash comes back with the phone's next refresh.
 */
export function createRegistrationStore(o: { database: Database; logger: Logger; nowMs: () => number }): DatabaseRegistrationStore {
  const waiting = new BoundedQueue<BindingChange>(MAX_WAITING)
  let writing: Promise<void> | undefined
  const seen = new Set<string>()

  async function drain(): Promise<void> {
    while (waiting.size > 0) {
      const batch: BindingChange[] = []
      for (let change = waiting.shift(); change !== undefined; change = waiting.shift()) {
        batch.push(change)
        if (batch.length === BATCH_SIZE) break
      }
      try {
        await store(o.database, batch)
        await noteFirstRegistrations(o.database, batch, seen, new Date(o.nowMs()))
      } catch (error) {
        o.logger.warn('bindings were not stored; phones will refresh them', { count: batch.length, error: String(error) })
      }
    }
    writing = undefined
  }

  return {
    load: async () => {
      const rows = await o.database.sql.selectFrom('registration_binding').select('binding').where('expires_at', '>', new Date(o.nowMs())).execute()
      return rows.map((row) => row.binding as unknown as StoredBinding)
    },
    save: (change) => {
      if (!waiting.push(change)) o.logger.warn('too many bindings wait for the database', { lineId: lineIdOf(change) })
      writing ??= drain()
    },
    flush: async () => {
      while (writing !== undefined) await writing
    },
  }
}

/** The last change of a contact counts. */
async function store(database: Database, batch: readonly BindingChange[]): Promise<void> {
  const last = new Map(batch.map((change) => [`${lineIdOf(change)} ${contactOf(change)}`, change]))
  const puts = [...last.values()].flatMap((change) => (change.kind === 'put' ? [change.binding] : []))
  await database.sql.transaction().execute(async (sql) => {
    for (const change of last.values()) {
      if (change.kind === 'remove')
        await sql.deleteFrom('registration_binding').where('line_id', '=', change.lineId).where('contact_uri', '=', change.contactUri).execute()
    }
    if (puts.length === 0) return
    await sql
      .insertInto('registration_binding')
      .values(
        puts.map((binding) => ({
          line_id: binding.lineId,
          contact_uri: binding.contactUri,
          binding: JSON.stringify(binding),
          expires_at: new Date(binding.expiresAtMs),
        })),
      )
      .onConflict((conflict) =>
        conflict
          .columns(['line_id', 'contact_uri'])
          .doUpdateSet((row) => ({ binding: row.ref('excluded.binding'), expires_at: row.ref('excluded.expires_at') })),
      )
      .execute()
  })
}

/** A device that has been registered once is UNREGISTERED afterwards, not new (C-47). */
async function noteFirstRegistrations(database: Database, batch: readonly BindingChange[], seen: Set<string>, now: Date): Promise<void> {
  const lineIds = [...new Set(batch.flatMap((change) => (change.kind === 'put' && !seen.has(change.binding.lineId) ? [change.binding.lineId] : [])))]
  if (lineIds.length === 0) return
  await database.sql
    .updateTable('sip_credential')
    .set({ first_registered_at: now })
    .where('owner_id', 'in', lineIds)
    .where('first_registered_at', 'is', null)
    .execute()
  if (seen.size > MAX_KNOWN_LINES) seen.clear()
  for (const lineId of lineIds) seen.add(lineId)
}

function lineIdOf(change: BindingChange): string {
  return change.kind === 'put' ? change.binding.lineId : change.lineId
}

function contactOf(change: BindingChange): string {
  return change.kind === 'put' ? change.binding.contactUri : change.contactUri
}

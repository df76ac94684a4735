import { isDeepStrictEqual } from 'node:util'
import { sql as sqlText } from 'kysely'
import type { Transaction } from '../database/index.ts'
import type { DomainEvent } from './domain-event.ts'

/**
 * Without the updates that left everything as it was, such as a PUT of what was read: nobody is told of them, and history has nothing to
 * show. History leaves out secrets and more, so the rows decide where it shows no difference.
 */
export async function withoutNothingNew(sql: Transaction, events: readonly DomainEvent[]): Promise<readonly DomainEvent[]> {
  if (!events.some(showsNoDifference)) return events
  // Set by the triggers of migration 0137, from the beginning of the transaction or of the unit's part.
  const { rows } = await sqlText<{ readonly changed: string | null }>`SELECT current_setting('dialtone.changed', true) AS changed`.execute(sql)
  return rows[0]?.changed === 'yes' ? events : events.filter((event) => !showsNoDifference(event))
}

function showsNoDifference({ history }: DomainEvent): boolean {
  if (history?.action !== 'UPDATE' || history.oldValue === undefined || history.newValue === undefined) return false
  return isDeepStrictEqual(asKept(history.oldValue), asKept(history.newValue))
}

/** Without what JSON does not keep: one of them was read from the database, the other one comes from a request. */
function asKept(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

import { err, newId, type Result } from '@dialtone/foundation'
import { sql as sqlText } from 'kysely'
import type { Actor } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../database/index.ts'
import type { ApiFailure } from '../failures/index.ts'
import type { DomainEvent } from './domain-event.ts'
import { Refused } from './refused.ts'
import type { Unit } from './unit-of-work.ts'
import { partitionHistoryRows } from './partition-history-rows.ts'

/** A change in progress: its SQL, its time, and the events that commit with it. */
export interface Write {
  readonly sql: Transaction
  readonly now: Date
  readonly emit: (event: DomainEvent) => void
}

/**
 * Runs a change: rows, events and history commit together or not at all. Once this resolves the change is durable
 * and the call plane of this process has seen it; inside a unit, once the unit resolves.
 */
export async function write<Value>(
  context: Context,
  actor: Actor,
  work: (change: Write) => Promise<Result<Value, ApiFailure>>,
): Promise<Result<Value, ApiFailure>> {
  const now = new Date(context.clock.nowMs())
  try {
    if (context.unit !== undefined) return await savepoint(context.unit, (sql, events) => attempt(sql, events, actor, now, work))
    const events: DomainEvent[] = []
    const result = await context.database.sql.transaction().execute((sql) => attempt(sql, events, actor, now, work))
    await context.changes.committed(events)
    return result
  } catch (error) {
    if (error instanceof Refused) return err(error.failure)
    throw error
  }
}

async function attempt<Value>(
  sql: Transaction,
  events: DomainEvent[],
  actor: Actor,
  now: Date,
  work: (change: Write) => Promise<Result<Value, ApiFailure>>,
): Promise<Result<Value, ApiFailure>> {
  const outcome = await work({ sql, now, emit: (event) => events.push(event) })
  if (!outcome.ok) throw new Refused(outcome.error)
  if (events.length > 0) await record(sql, events, actor, now)
  return outcome
}

/** One change of several: it alone is taken back when it fails, also by an error of the database. */
async function savepoint<Value>(unit: Unit, work: (sql: Transaction, events: DomainEvent[]) => Promise<Value>): Promise<Value> {
  const events: DomainEvent[] = []
  await sqlText`SAVEPOINT change`.execute(unit.sql)
  try {
    const value = await work(unit.sql, events)
    await sqlText`RELEASE SAVEPOINT change`.execute(unit.sql)
    unit.events.push(...events)
    return value
  } catch (error) {
    await sqlText`ROLLBACK TO SAVEPOINT change`.execute(unit.sql)
    await sqlText`RELEASE SAVEPOINT change`.execute(unit.sql)
    throw error
  }
}

async function record(sql: Transaction, events: readonly DomainEvent[], actor: Actor, now: Date): Promise<void> {
  await sql
    .insertInto('event_outbox')
    .values(
      events.map((event) => ({
        id: newId(),
        partition_id: event.partitionId,
        account_id: event.accountId ?? null,
        type: event.type,
        payload: JSON.stringify(event.data),
        actor: JSON.stringify(actor),
        occurred_at: now,
        dispatched_at: null,
      })),
    )
    .execute()
  const rows = events.flatMap((event) => historyRow(event, actor, now))
  if (rows.length > 0) await sql.insertInto('account_history').values(rows).execute()
  const partitionRows = partitionHistoryRows(events, actor, now)
  if (partitionRows.length > 0) await sql.insertInto('partition_history').values(partitionRows).execute()
}

function historyRow(event: DomainEvent, actor: Actor, now: Date) {
  const { history, accountId } = event
  if (history === undefined || accountId === undefined) return []
  return [
    {
      id: newId(),
      partition_id: event.partitionId,
      account_id: accountId,
      type: history.type,
      action: history.action,
      old_value: history.oldValue === undefined ? null : JSON.stringify(history.oldValue),
      new_value: history.newValue === undefined ? null : JSON.stringify(history.newValue),
      reference_type: history.referenceType,
      reference_id: history.referenceId,
      reference_name: history.referenceName,
      user_id: actor.userId,
      user_name: actor.userName,
      user_type: actor.userType,
      logged_at: now,
    },
  ]
}

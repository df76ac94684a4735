import { err, newId, type Result } from '@dialtone/foundation'
import type { Actor } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../database/index.ts'
import type { ApiFailure } from '../failures/index.ts'
import type { DomainEvent } from './domain-event.ts'

/** A change in progress: its SQL, its time, and the events that commit with it. */
export interface Write {
  readonly sql: Transaction
  readonly now: Date
  readonly emit: (event: DomainEvent) => void
}

/** Carries a failure out of the database transaction, so that it is rolled back. */
class Refused extends Error {
  readonly failure: ApiFailure

  constructor(failure: ApiFailure) {
    super(failure.code)
    this.failure = failure
  }
}

/**
 * Runs a change: rows, events and history commit together or not at all. Once this resolves the change is durable
 * and the call plane of this process has seen it.
 */
export async function write<Value>(
  context: Context,
  actor: Actor,
  work: (change: Write) => Promise<Result<Value, ApiFailure>>,
): Promise<Result<Value, ApiFailure>> {
  const events: DomainEvent[] = []
  const now = new Date(context.clock.nowMs())
  try {
    const result = await context.database.sql.transaction().execute(async (sql) => {
      const outcome = await work({ sql, now, emit: (event) => events.push(event) })
      if (!outcome.ok) throw new Refused(outcome.error)
      if (events.length > 0) await record(sql, events, actor, now)
      return outcome
    })
    await context.changes.committed(events)
    return result
  } catch (error) {
    if (error instanceof Refused) return err(error.failure)
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

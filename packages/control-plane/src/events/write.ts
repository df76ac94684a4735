import { err, type Result } from '@dialtone/foundation'
import { sql as sqlText } from 'kysely'
import type { Actor } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../database/index.ts'
import type { ApiFailure } from '../failures/index.ts'
import { againAfterDeadlock } from './once-more.ts'
import type { DomainEvent } from './domain-event.ts'
import { recordEvents } from './record-events.ts'
import { withoutNothingNew } from './nothing-new.ts'
import { Refused } from './refused.ts'
import type { AfterCommit, Unit } from './unit-of-work.ts'

/** A change in progress: its SQL, its time, and the events that commit with it. */
export interface Write {
  readonly sql: Transaction
  readonly now: Date
  readonly emit: (event: DomainEvent) => void
  /** For what cannot be taken back, such as removing a file: done once all of it is durable, and not at all when it is not. */
  readonly afterCommit: (action: AfterCommit) => void
}

/**
 * Runs a change: rows, events and history commit together or not at all. Once this resolves the change is durable
 * and the call plane of this process has seen it; inside a unit, once the unit resolves.
 * @param work may be run again from its beginning, after a deadlock
 */
export async function write<Value>(
  context: Context,
  actor: Actor,
  work: (change: Write) => Promise<Result<Value, ApiFailure>>,
): Promise<Result<Value, ApiFailure>> {
  const now = new Date(context.clock.nowMs())
  try {
    if (context.unit !== undefined) return await savepoint(context.unit, actor, now, (made) => attempt(made, work))
    const { result, events, actions } = await againAfterDeadlock(() => transaction(context, actor, now, work))
    await context.changes.committed(events)
    for (const action of actions) await action(context)
    return result
  } catch (error) {
    if (error instanceof Refused) return err(error.failure)
    throw error
  }
}

async function transaction<Value>(context: Context, actor: Actor, now: Date, work: (change: Write) => Promise<Result<Value, ApiFailure>>) {
  const emitted: DomainEvent[] = []
  const actions: AfterCommit[] = []
  const { result, events } = await context.database.sql.transaction().execute(async (sql) => {
    const outcome = await attempt({ sql, now, emit: (event) => emitted.push(event), afterCommit: (action) => actions.push(action) }, work)
    const told = await withoutNothingNew(sql, emitted)
    await recordEvents(
      sql,
      told.map((event) => ({ event, actor, now })),
    )
    return { result: outcome, events: told }
  })
  return { result, events, actions }
}

async function attempt<Value>(change: Write, work: (change: Write) => Promise<Result<Value, ApiFailure>>): Promise<Result<Value, ApiFailure>> {
  const outcome = await work(change)
  if (!outcome.ok) throw new Refused(outcome.error)
  return outcome
}

/** Units with a change under way. */
const CHANGING = new WeakSet<Unit>()

/** One change of several: it alone is taken back when it fails, also by an error of the database. */
async function savepoint<Value>(unit: Unit, actor: Actor, now: Date, work: (change: Write) => Promise<Value>): Promise<Value> {
  const emitted: DomainEvent[] = []
  const before = [unit.events.length, unit.recorded.length, unit.afterCommit.length] as const
  const isWithin = CHANGING.has(unit)
  // What the change before this one did is not this one's; what the change around it did is still that one's.
  await (isWithin ? sqlText`SAVEPOINT change` : sqlText`SELECT set_config('dialtone.changed', '', true); SAVEPOINT change`).execute(unit.sql)
  CHANGING.add(unit)
  try {
    const value = await work({ sql: unit.sql, now, emit: (event) => emitted.push(event), afterCommit: (action) => unit.afterCommit.push(action) })
    const events = await withoutNothingNew(unit.sql, emitted)
    await sqlText`RELEASE SAVEPOINT change`.execute(unit.sql)
    unit.events.push(...events)
    unit.recorded.push(...events.map((event) => ({ event, actor, now })))
    return value
  } catch (error) {
    // With what changes inside this one left behind.
    ;[unit.events.length, unit.recorded.length, unit.afterCommit.length] = before
    await sqlText`ROLLBACK TO SAVEPOINT change`.execute(unit.sql)
    await sqlText`RELEASE SAVEPOINT change`.execute(unit.sql)
    throw error
  } finally {
    if (!isWithin) CHANGING.delete(unit)
  }
}

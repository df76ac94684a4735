import { err, type Result } from '@dialtone/foundation'
import type { Context } from '../context.ts'
import type { Transaction } from '../database/index.ts'
import type { ApiFailure } from '../failures/index.ts'
import { type ActedEvent, recordEvents } from './record-events.ts'
import { againAfterConflict, againAfterDeadlock } from './once-more.ts'
import type { DomainEvent } from './domain-event.ts'
import { Refused } from './refused.ts'

/** @param context outside of the unit, whose transaction is over. */
export type AfterCommit = (context: Context) => unknown

/** Several changes that commit together: a request with an idempotency key, a row of a bulk job, a customer onboarded at once. */
export interface Unit {
  readonly sql: Transaction
  readonly events: DomainEvent[]
  /** The same with who did it: they are recorded together, at the end. */
  readonly recorded: ActedEvent[]
  /** Nobody reads what operations answer: they may leave out whatever has to be looked up for it. */
  readonly isUnanswered?: boolean
  /** It is taken back whatever comes of it: what is no SQL must not be done either. */
  readonly isTakenBack?: boolean
  /** Done once all is durable, in order. */
  readonly afterCommit: AfterCommit[]
}

export interface UnitOutcome<Value> {
  readonly result: Result<Value, ApiFailure>
  /** What was recorded, in order; of a unit that was taken back, what would have been. */
  readonly events: readonly DomainEvent[]
}

export interface UnitOptions {
  /** Everything is done and then taken back: what a dry run is. */
  readonly isTakenBack?: boolean
  /** What is read stays as it was first read; a change by somebody else meanwhile makes it start again. */
  readonly isRepeatableRead?: boolean
  /** Not begun again after a deadlock: whoever asks does it in smaller pieces then. */
  readonly isTriedOnce?: boolean
  /** See {@link Unit.isUnanswered}. */
  readonly isUnanswered?: boolean
}

/** Carries the answer out of a transaction that is taken back on purpose. */
class TakenBack<Value> extends Error {
  readonly outcome: Result<Value, ApiFailure>

  constructor(outcome: Result<Value, ApiFailure>) {
    super('taken back')
    this.outcome = outcome
  }
}

/**
 * Runs use cases as one change. A failure takes everything back. Inside another unit it is part of that one.
 * @param work may be run again from its beginning, after a deadlock or, where it sees one state only, a change of what it saw
 */
export async function inOneUnit<Value>(
  context: Context,
  work: (context: Context) => Promise<Result<Value, ApiFailure>>,
  o: UnitOptions = {},
): Promise<UnitOutcome<Value>> {
  if (context.unit !== undefined) return { result: await work(context), events: context.unit.events }
  const once = () => unit(context, work, o)
  const run = () => (o.isTriedOnce === true ? once() : againAfterDeadlock(once))
  const { actions, ...outcome } = await (o.isRepeatableRead === true ? againAfterConflict(run) : run())
  if (actions === undefined) return outcome
  // Outside of what is tried again: what has committed must not be done a second time because of what comes after it.
  await context.changes.committed(outcome.events)
  for (const action of actions) await action(context)
  return outcome
}

/** @returns with what is to be done afterwards; undefined when nothing has committed. */
async function unit<Value>(
  context: Context,
  work: (context: Context) => Promise<Result<Value, ApiFailure>>,
  o: UnitOptions,
): Promise<UnitOutcome<Value> & { readonly actions?: readonly AfterCommit[] }> {
  const events: DomainEvent[] = []
  const actions: Unit['afterCommit'] = []
  const recorded: ActedEvent[] = []
  try {
    const transaction = context.database.sql.transaction()
    const result = await (o.isRepeatableRead === true ? transaction.setIsolationLevel('repeatable read') : transaction).execute(async (sql) => {
      const outcome = await work({
        ...context,
        database: { ...context.database, sql },
        unit: { sql, events, recorded, afterCommit: actions, isUnanswered: o.isUnanswered === true, isTakenBack: o.isTakenBack === true },
      })
      if (!outcome.ok) throw new Refused(outcome.error)
      if (o.isTakenBack === true) throw new TakenBack(outcome)
      await recordEvents(sql, recorded)
      return outcome
    })
    return { result, events, actions }
  } catch (error) {
    if (error instanceof TakenBack) return { result: error.outcome as Result<Value, ApiFailure>, events }
    if (error instanceof Refused) return { result: err(error.failure), events }
    throw error
  }
}

/** For everything that cannot be taken back (phones, mail, a carrier), after a change: runs now, or when the unit around it is durable. */
export async function afterCommit(context: Context, action: AfterCommit): Promise<void> {
  if (context.unit === undefined) await action(context)
  else context.unit.afterCommit.push(action)
}

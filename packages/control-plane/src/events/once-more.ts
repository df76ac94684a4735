import { randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'

/** PostgreSQL's "deadlock detected": of several transactions that waited for each other it ended this one. */
const DEADLOCK_DETECTED = '40P01'
/** PostgreSQL's "could not serialize access due to concurrent update". */
const SERIALIZATION_FAILURE = '40001'
const ATTEMPTS = 8
const FIRST_PAUSE_MS = 20
const LONGEST_PAUSE_MS = 500

/** Runs a whole transaction, and begins it again when the database ended it so that others could go on: nothing of it has happened. */
export function againAfterDeadlock<Value>(run: () => Promise<Value>): Promise<Value> {
  return againAfter(DEADLOCK_DETECTED, run)
}

/** Runs a whole transaction that sees one state only, and begins it again when somebody changed what it had read. */
export function againAfterConflict<Value>(run: () => Promise<Value>): Promise<Value> {
  return againAfter(SERIALIZATION_FAILURE, run)
}

/** Not at once, and not all at the same time: whoever it met is still there, and they would meet again. */
async function againAfter<Value>(code: string, run: () => Promise<Value>): Promise<Value> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run()
    } catch (error) {
      if ((error as { code?: unknown }).code !== code || attempt >= ATTEMPTS) throw error
      await pause(randomInt(Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS)))
    }
  }
}

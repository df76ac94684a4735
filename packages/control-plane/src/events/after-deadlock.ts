/** PostgreSQL's "deadlock detected": of several transactions that waited for each other it ended this one. */
const DEADLOCK_DETECTED = '40P01'
const ATTEMPTS = 3

/** Runs a whole transaction, and begins it again when the database ended it so that others could go on: nothing of it has happened. */
export async function againAfterDeadlock<Value>(run: () => Promise<Value>): Promise<Value> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run()
    } catch (error) {
      if ((error as { code?: unknown }).code !== DEADLOCK_DETECTED || attempt >= ATTEMPTS) throw error
    }
  }
}

import { sql } from 'kysely'
import type { Context } from '../context.ts'

/** As long as a reservation (C-26). */
const HOLD_MS = 30 * 60 * 1000

/**
 * Keeps what somebody was just shown out of the searches of others. It hinders nobody from reserving or ordering, so a crash may lose it: the write does not wait for
 * the disk.
 */
export async function holdFound(context: Context, userId: string, phoneNumbers: readonly string[]): Promise<void> {
  if (phoneNumbers.length === 0) return
  const until = new Date(context.clock.nowMs() + HOLD_MS)
  // In one order, so that two searches with common numbers wait for each other instead of blocking each other for ever.
  await sql`WITH relaxed AS (SELECT set_config('synchronous_commit', 'off', true))
    INSERT INTO number_search_hold (phone_number, user_id, held_until)
      SELECT found.phone_number, ${userId}, ${until}::timestamptz FROM unnest(${phoneNumbers.toSorted()}::text[]) AS found (phone_number), relaxed
    ON CONFLICT (phone_number) DO UPDATE SET user_id = excluded.user_id, held_until = excluded.held_until`.execute(context.database.sql)
}

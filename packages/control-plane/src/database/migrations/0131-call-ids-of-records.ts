import { type Kysely, sql } from 'kysely'

/** Call records are found by the Call-ID of a dialog, which is what a capture or a carrier's complaint names. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`CREATE INDEX call_record_sip_call_ids ON call_record USING gin ((record -> 'sipCallIds'))`.execute(database)
}

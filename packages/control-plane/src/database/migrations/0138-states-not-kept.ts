import { type Kysely, sql } from 'kysely'

/** Who asks by which rules a call of the past went is told where they gave way too soon to be kept. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql.raw('ALTER TABLE routing_state ADD COLUMN next_kept_from timestamptz').execute(database)
}

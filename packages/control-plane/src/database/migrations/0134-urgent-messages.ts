import { type Kysely, sql } from 'kysely'

/** What tells of a call to 911 is looked for by itself, however much else waits. */
const STATEMENTS = [
  `ALTER TABLE outgoing_message ADD COLUMN urgent boolean NOT NULL DEFAULT false`,
  `CREATE INDEX outgoing_message_urgent ON outgoing_message (next_attempt_at) WHERE urgent AND next_attempt_at IS NOT NULL`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

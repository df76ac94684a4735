import { type Kysely, sql } from 'kysely'

/** A call belongs to a user, a trunk, a specialty line, or to the account as a whole. */
const STATEMENTS = [
  `ALTER TABLE call_record ADD COLUMN reference_type text`,
  `UPDATE call_record SET reference_type = 'END_USER' WHERE reference_id IS NOT NULL`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

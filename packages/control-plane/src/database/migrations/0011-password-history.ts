import { type Kysely, sql } from 'kysely'

/** The last passwords of a user, so that they are not taken again (public-spec section 16). */
const STATEMENTS = [
  `CREATE TABLE password_history (
    sequence bigserial PRIMARY KEY,
    user_id text NOT NULL,
    password_hash text NOT NULL,
    created_at timestamptz NOT NULL
  )`,
  `CREATE INDEX password_history_user ON password_history (user_id, sequence)`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

import { type Kysely, sql } from 'kysely'

/** The line that the UC app of a user registers as (S1-96). Without a line id the user has it switched off. */
const STATEMENTS = [
  `CREATE TABLE user_softphone (
    user_id text PRIMARY KEY REFERENCES end_user (id) ON DELETE CASCADE,
    line_id text UNIQUE,
    partition_id text NOT NULL REFERENCES partition (id),
    account_id text NOT NULL REFERENCES account (id),
    created_at timestamptz NOT NULL
  )`,
  `CREATE INDEX user_softphone_account ON user_softphone (account_id)`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

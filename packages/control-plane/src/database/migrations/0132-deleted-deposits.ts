import { type Kysely, sql } from 'kysely'

/** Faxes and recordings that were deleted: the switch brings what it is not sure of again, and they are not to come back. */
const STATEMENTS = [
  `CREATE TABLE deleted_deposit (
    id text PRIMARY KEY,
    partition_id text NOT NULL REFERENCES partition (id),
    account_id text NOT NULL REFERENCES account (id),
    deleted_at timestamptz NOT NULL
  )`,
  `CREATE INDEX deleted_deposit_account ON deleted_deposit (account_id, deleted_at)`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

import { type Kysely, sql } from 'kysely'

/** Lines of alarms, elevators and intercoms: no user, no call handling (S4-07). Port and login are kept where those of all lines are. */
const STATEMENTS = [
  `CREATE TABLE specialty_line (
    id text PRIMARY KEY,
    partition_id text NOT NULL REFERENCES partition (id),
    account_id text NOT NULL REFERENCES account (id),
    name text NOT NULL,
    caller_id text NOT NULL,
    emergency_number text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
  )`,
  `CREATE INDEX specialty_line_account ON specialty_line (account_id, created_at)`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

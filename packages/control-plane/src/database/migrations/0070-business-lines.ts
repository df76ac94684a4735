import { type Kysely, sql } from 'kysely'

/** Lines of a business that belong to nobody. Port and login are kept where those of all lines are; calls to the line follow `call_handling`. */
const STATEMENTS = [
  `CREATE TABLE business_line (
    id text PRIMARY KEY,
    partition_id text NOT NULL REFERENCES partition (id),
    account_id text NOT NULL REFERENCES account (id),
    name text NOT NULL,
    caller_id_number text,
    caller_id_visible boolean NOT NULL,
    emergency_number text,
    call_handling jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
  )`,
  `CREATE INDEX business_line_account ON business_line (account_id, created_at)`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

import { type Kysely, sql } from 'kysely'

/** Faxes that are to be sent, and what became of them; the documents lie in the file store until then. */
const STATEMENTS = [
  `CREATE TABLE outbound_fax (
    id text PRIMARY KEY,
    partition_id text NOT NULL REFERENCES partition (id),
    account_id text NOT NULL REFERENCES account (id),
    to_number text NOT NULL,
    from_number text NOT NULL,
    status text NOT NULL,
    page_count integer NOT NULL,
    pages_sent integer NOT NULL,
    pages_before integer NOT NULL,
    attempts integer NOT NULL,
    reason text,
    remote_ident text NOT NULL,
    session_id text,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    due_at timestamptz
  )`,
  `CREATE INDEX outbound_fax_account ON outbound_fax (account_id, created_at)`,
  `CREATE INDEX outbound_fax_due ON outbound_fax (due_at) WHERE due_at IS NOT NULL`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

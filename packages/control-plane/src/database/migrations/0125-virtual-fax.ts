import { type Kysely, sql } from 'kysely'

/** Faxes that virtual fax lines have received; the documents lie in the file store. */
const STATEMENTS = [
  `CREATE TABLE fax_message (
    id text PRIMARY KEY,
    partition_id text NOT NULL REFERENCES partition (id),
    account_id text NOT NULL REFERENCES account (id),
    line_type text NOT NULL,
    line_id text NOT NULL,
    from_name text NOT NULL,
    from_number text NOT NULL,
    to_number text NOT NULL,
    remote_ident text NOT NULL,
    page_count integer NOT NULL,
    bad_rows integer NOT NULL,
    is_complete boolean NOT NULL,
    size_bytes bigint NOT NULL,
    created_at timestamptz NOT NULL,
    FOREIGN KEY (account_id, line_type, line_id) REFERENCES account_object (account_id, type, id) ON DELETE CASCADE
  )`,
  `CREATE INDEX fax_message_line ON fax_message (account_id, line_id, created_at)`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

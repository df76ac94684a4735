import { type Kysely, sql } from 'kysely'

const STATEMENTS = [
  `ALTER TABLE outgoing_message ADD COLUMN status text NOT NULL DEFAULT 'MAILBOX'`,
  `ALTER TABLE outgoing_message ALTER COLUMN status SET DEFAULT 'QUEUED'`,
  `ALTER TABLE outgoing_message ADD COLUMN attempts integer NOT NULL DEFAULT 0`,
  `ALTER TABLE outgoing_message ADD COLUMN next_attempt_at timestamptz`,
  `ALTER TABLE outgoing_message ADD COLUMN sent_at timestamptz`,
  `ALTER TABLE outgoing_message ADD COLUMN last_error text`,
  `ALTER TABLE outgoing_message ADD COLUMN carrier_reference text`,
  `CREATE INDEX outgoing_message_due ON outgoing_message (next_attempt_at) WHERE next_attempt_at IS NOT NULL`,
  `CREATE INDEX outgoing_message_partition ON outgoing_message (partition_id, created_at)`,
]

/** What became of each message; those written before stay in the mailbox. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

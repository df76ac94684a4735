import { type Kysely, sql } from 'kysely'

/** Whose calls are recorded, and what was recorded; the sound lies in the file store. */
const STATEMENTS = [
  `CREATE TABLE call_recording_setting (
    account_id text PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    partition_id text NOT NULL REFERENCES partition (id),
    settings jsonb NOT NULL,
    updated_at timestamptz NOT NULL
  )`,
  `CREATE TABLE call_recording (
    id text PRIMARY KEY,
    partition_id text NOT NULL REFERENCES partition (id),
    account_id text NOT NULL REFERENCES account (id),
    session_id text NOT NULL,
    call_record_id text NOT NULL,
    calling_number text NOT NULL,
    called_number text NOT NULL,
    started_at timestamptz NOT NULL,
    duration_ms bigint NOT NULL,
    size_bytes bigint NOT NULL,
    expires_at timestamptz NOT NULL
  )`,
  `CREATE INDEX call_recording_account ON call_recording (account_id, started_at)`,
  `CREATE INDEX call_recording_expiry ON call_recording (expires_at)`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

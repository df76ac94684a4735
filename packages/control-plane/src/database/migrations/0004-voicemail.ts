import { type Kysely, sql } from 'kysely'

/** Boxes become more than a name, and hold messages; the sound of both lies in the file store. */
const STATEMENTS = [
  `ALTER TABLE voicemail_box
    ADD COLUMN settings jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN greetings jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN parent_id text REFERENCES voicemail_box (id),
    ADD COLUMN dtmf_option text,
    ADD COLUMN pin_hash text,
    ADD COLUMN pin_failures integer NOT NULL DEFAULT 0`,
  `CREATE INDEX voicemail_box_account ON voicemail_box (account_id, created_at)`,
  `CREATE UNIQUE INDEX voicemail_box_choice ON voicemail_box (parent_id, dtmf_option) WHERE parent_id IS NOT NULL`,
  `CREATE TABLE voicemail_message (
    id text PRIMARY KEY,
    partition_id text NOT NULL REFERENCES partition (id),
    account_id text NOT NULL REFERENCES account (id),
    box_id text NOT NULL REFERENCES voicemail_box (id),
    message_type text NOT NULL,
    from_name text NOT NULL,
    from_number text NOT NULL,
    to_number text NOT NULL,
    length_seconds integer,
    length_pages integer,
    size_bytes bigint NOT NULL,
    media_type text NOT NULL,
    is_read boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL
  )`,
  `CREATE INDEX voicemail_message_box ON voicemail_message (box_id, created_at)`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

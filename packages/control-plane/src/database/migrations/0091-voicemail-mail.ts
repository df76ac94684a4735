import { type Kysely, sql } from 'kysely'

/** Mails bring the sound along, and boxes that keep nothing afterwards know when they may let go of it; what was said as text, where there is somebody who writes it down. */
const STATEMENTS = [
  `ALTER TABLE outgoing_message
    ADD COLUMN attachment_file text,
    ADD COLUMN attachment_name text,
    ADD COLUMN attachment_type text,
    ADD COLUMN attachment_bytes bigint`,
  `CREATE INDEX outgoing_message_attachment ON outgoing_message (attachment_file) WHERE attachment_file IS NOT NULL`,
  `ALTER TABLE voicemail_message
    ADD COLUMN delete_once_mailed boolean NOT NULL DEFAULT false,
    ADD COLUMN transcription_status text,
    ADD COLUMN transcription_info text,
    ADD COLUMN transcription_text text`,
  `CREATE INDEX voicemail_message_mailed ON voicemail_message (created_at) WHERE delete_once_mailed`,
  `CREATE INDEX voicemail_message_transcription ON voicemail_message (created_at) WHERE transcription_status = 'PENDING'`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

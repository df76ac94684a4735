import { type Kysely, sql } from 'kysely'

/** What else a user has, and the indexes his name is found by. */
const STATEMENTS = [
  `ALTER TABLE end_user ADD COLUMN media_friends jsonb`,
  `ALTER TABLE end_user ADD COLUMN softphone_client_type text`,
  `ALTER TABLE end_user ADD COLUMN tags text`,
  `ALTER TABLE end_user ADD COLUMN user_group_id text`,
  `ALTER TABLE end_user ADD COLUMN voicemail_pin_hash text`,
  `ALTER TABLE end_user ADD COLUMN voicemail_pin_must_change boolean NOT NULL DEFAULT false`,
  // The box that was made with the user: it goes with him, one he merely shares does not.
  `ALTER TABLE end_user ADD COLUMN own_voicemail_box_id text`,
  `UPDATE end_user SET own_voicemail_box_id = voicemail_box_id`,
  `CREATE INDEX end_user_partition ON end_user (partition_id, created_at, id)`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

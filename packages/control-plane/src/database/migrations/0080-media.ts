import { type Kysely, sql } from 'kysely'

/** The hold music an account uploaded last; which music it has chosen lies in `hold_music_media_id`. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql.raw(`ALTER TABLE account ADD COLUMN custom_hold_music_media_id text`).execute(database)
}

import { type Kysely, sql } from 'kysely'

/** Trunks without a language were given English, which nothing acted on: they speak as their account now. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`UPDATE sip_trunk SET settings = settings - 'languageTag' WHERE settings ->> 'languageTag' = 'en-US'`.execute(database)
}

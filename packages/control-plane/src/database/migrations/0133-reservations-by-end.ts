import { type Kysely, sql } from 'kysely'

/** Holds of numbers by their end: a clock that was set back leaves some too far ahead, and they are looked for every few seconds. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`CREATE INDEX telephone_number_reserved ON telephone_number (reserved_until) WHERE reserved_until IS NOT NULL`.execute(database)
}

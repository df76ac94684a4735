import { type Kysely, sql } from 'kysely'

/** What happened in all accounts of a partition, newest first. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`CREATE INDEX account_history_partition ON account_history (partition_id, logged_at, id)`.execute(database)
  await sql`CREATE INDEX account_history_reference ON account_history (partition_id, reference_id, logged_at)`.execute(database)
}

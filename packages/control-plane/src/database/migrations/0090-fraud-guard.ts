import { type Kysely, sql } from 'kysely'

/** What outbound calls of an account may do, or of all accounts of a partition (`account_id` null), and whether that was too much. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `CREATE TABLE fraud_guard (
    scope_id text PRIMARY KEY,
    partition_id text NOT NULL REFERENCES partition (id),
    account_id text REFERENCES account (id) ON DELETE CASCADE,
    settings jsonb,
    tripped_at timestamptz,
    tripped_reason text,
    updated_at timestamptz NOT NULL
  )`,
    )
    .execute(database)
}

import { type Kysely, sql } from 'kysely'

/** How often addresses fell under access rules, as sums of hours (S3-89). */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `CREATE TABLE access_rule_use (
    rule_id text NOT NULL REFERENCES access_rule (id) ON DELETE CASCADE,
    hour timestamptz NOT NULL,
    count integer NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (rule_id, hour)
  )`,
    )
    .execute(database)
}

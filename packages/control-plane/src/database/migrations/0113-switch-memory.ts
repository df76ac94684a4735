import { type Kysely, sql } from 'kysely'

/** What the switch remembers of calls that are over: last callers, places in queues. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `CREATE TABLE switch_memory (
    kind text NOT NULL,
    key text NOT NULL,
    account_id text NOT NULL,
    value jsonb NOT NULL,
    noted_at timestamptz NOT NULL,
    PRIMARY KEY (kind, key)
  )`,
    )
    .execute(database)
  await sql.raw('CREATE INDEX switch_memory_noted_at ON switch_memory (noted_at)').execute(database)
}

import { type Kysely, sql } from 'kysely'

/** How the routing of accounts was before it was changed: what calls of the past went by. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `CREATE TABLE routing_state (
    account_id text NOT NULL,
    valid_until timestamptz NOT NULL,
    valid_from timestamptz,
    format integer NOT NULL,
    content_sealed text NOT NULL,
    PRIMARY KEY (account_id, valid_until)
  )`,
    )
    .execute(database)
  await sql.raw('CREATE INDEX routing_state_valid_until ON routing_state (valid_until)').execute(database)
  await sql
    .raw('CREATE TABLE routing_history_start (is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only), kept_since timestamptz NOT NULL)')
    .execute(database)
}

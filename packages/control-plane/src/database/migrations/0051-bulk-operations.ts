import { type Kysely, sql } from 'kysely'

const STATEMENTS = [
  `CREATE TABLE bulk_collection (
    id text PRIMARY KEY,
    partition_id text NOT NULL,
    account_id text,
    user_id text NOT NULL,
    object_type text,
    size integer NOT NULL,
    is_frozen boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL
  )`,
  `CREATE TABLE bulk_item (
    collection_id text NOT NULL REFERENCES bulk_collection (id) ON DELETE CASCADE,
    position integer NOT NULL,
    key text,
    object jsonb NOT NULL,
    PRIMARY KEY (collection_id, position)
  )`,
  `CREATE UNIQUE INDEX bulk_item_key ON bulk_item (collection_id, key) WHERE key IS NOT NULL`,
  `CREATE TABLE bulk_result (
    job_id text NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    position integer NOT NULL,
    is_successful boolean NOT NULL,
    result jsonb NOT NULL,
    PRIMARY KEY (job_id, position)
  )`,
  `CREATE INDEX bulk_result_failed ON bulk_result (job_id, position) WHERE NOT is_successful`,
]

/** Collections of objects, and what bulk jobs did with each of them. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

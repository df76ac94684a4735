import { type Kysely, sql } from 'kysely'

/** What was answered to a request with an `Idempotency-Key`; the row commits with what the request did. */
const STATEMENTS = [
  `CREATE TABLE idempotency_key (
    owner text NOT NULL,
    key text NOT NULL,
    fingerprint text NOT NULL,
    answer_sealed text NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (owner, key)
  )`,
  `CREATE INDEX idempotency_key_expiry ON idempotency_key (expires_at)`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

import { type Kysely, sql } from 'kysely'

/**
 * One registry of SIP usernames for lines of every kind and trunks: a username is unique on the platform (C-51), and
 * PostgreSQL decides it for all of them with one index.
 */
const STATEMENTS = [
  `CREATE TABLE sip_credential (
    sip_username text PRIMARY KEY,
    owner_id text NOT NULL UNIQUE,
    owner_type text NOT NULL,
    partition_id text NOT NULL REFERENCES partition (id),
    account_id text REFERENCES account (id),
    sip_password_sealed text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
  )`,
  `CREATE INDEX sip_credential_account ON sip_credential (account_id) WHERE account_id IS NOT NULL`,
  // The sealed text was sealed for the id of the line, and still is.
  `INSERT INTO sip_credential (sip_username, owner_id, owner_type, partition_id, account_id, sip_password_sealed, created_at, updated_at)
    SELECT sip_username, id, 'LINE_APPEARANCE', partition_id, account_id, sip_password_sealed, created_at, updated_at FROM device_line`,
  `ALTER TABLE device_line DROP COLUMN sip_username, DROP COLUMN sip_password_sealed`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

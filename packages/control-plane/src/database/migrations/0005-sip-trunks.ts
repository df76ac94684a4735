import { type Kysely, sql } from 'kysely'

/**
 * Trunks of every kind. A customer's PBX belongs to an account; a carrier or peer to a partition, which is why the
 * account may be missing. The login lies with all others in `sip_credential`.
 */
const STATEMENTS = [
  `CREATE TABLE sip_trunk (
    id text PRIMARY KEY,
    partition_id text NOT NULL REFERENCES partition (id),
    account_id text REFERENCES account (id),
    kind text NOT NULL,
    name text NOT NULL,
    settings jsonb NOT NULL,
    forward_rules jsonb NOT NULL DEFAULT '{}',
    locked_out boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
  )`,
  `CREATE UNIQUE INDEX sip_trunk_account_name ON sip_trunk (account_id, lower(name)) WHERE account_id IS NOT NULL`,
  `CREATE INDEX sip_trunk_partition ON sip_trunk (partition_id, created_at)`,
  `CREATE UNIQUE INDEX sip_trunk_address ON sip_trunk ((settings ->> 'ipAddress'), (settings ->> 'portNumber')) WHERE (settings ->> 'ipBasedAuthEnabled') = 'true'`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

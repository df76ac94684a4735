import { type Kysely, sql } from 'kysely'

/** SIP domains of partitions and accounts (S3-69 … S3-84): who owns a name is proven by a record in DNS; the private key is sealed. */
const STATEMENTS = [
  `CREATE TABLE sip_domain (
    id text PRIMARY KEY,
    partition_id text NOT NULL REFERENCES partition (id),
    account_id text REFERENCES account (id),
    name text NOT NULL,
    type text NOT NULL,
    status text NOT NULL,
    ssl_enabled boolean NOT NULL,
    settings jsonb NOT NULL,
    verification text NOT NULL,
    verification_token text NOT NULL,
    verified_by text,
    verified_at timestamptz,
    checked_at timestamptz,
    next_check_at timestamptz,
    check_error text,
    points_here boolean NOT NULL DEFAULT false,
    certificate text,
    private_key_sealed text,
    certificate_expires_at timestamptz,
    certificate_warned_days integer,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
  )`,
  `CREATE UNIQUE INDEX sip_domain_name ON sip_domain (name)`,
  `CREATE INDEX sip_domain_owner ON sip_domain (partition_id, account_id)`,
  `CREATE INDEX sip_domain_due ON sip_domain (next_check_at) WHERE next_check_at IS NOT NULL`,
  `CREATE INDEX sip_domain_expiry ON sip_domain (certificate_expires_at) WHERE certificate_expires_at IS NOT NULL`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

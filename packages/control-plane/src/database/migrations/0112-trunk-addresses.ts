import { type Kysely, sql } from 'kysely'

/**
 * Addresses of trunks, and what is known of the gateways among them: a gateway is an active address that signals, or the trunk itself
 * while it has none. Probes are kept as sums of five minutes.
 */
const STATEMENTS = [
  `CREATE TABLE trunk_address (
    id text PRIMARY KEY,
    trunk_id text NOT NULL REFERENCES sip_trunk (id) ON DELETE CASCADE,
    partition_id text NOT NULL REFERENCES partition (id),
    account_id text REFERENCES account (id),
    address text NOT NULL,
    type text NOT NULL,
    port integer,
    priority integer NOT NULL,
    active boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
  )`,
  `CREATE UNIQUE INDEX trunk_address_once ON trunk_address (trunk_id, address, type, COALESCE(port, 0))`,
  `CREATE INDEX trunk_address_at ON trunk_address (address)`,
  `CREATE TABLE gateway_report (
    gateway_id text PRIMARY KEY,
    trunk_id text NOT NULL REFERENCES sip_trunk (id) ON DELETE CASCADE,
    status text NOT NULL,
    response_ms double precision,
    loss_percent double precision,
    error_message text,
    reported_at timestamptz NOT NULL
  )`,
  `CREATE INDEX gateway_report_trunk ON gateway_report (trunk_id)`,
  `CREATE TABLE gateway_probe (
    gateway_id text NOT NULL,
    trunk_id text NOT NULL REFERENCES sip_trunk (id) ON DELETE CASCADE,
    began_at timestamptz NOT NULL,
    probes integer NOT NULL,
    answered integer NOT NULL,
    response_total_ms double precision NOT NULL,
    status text NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (gateway_id, began_at)
  )`,
  `CREATE INDEX gateway_probe_age ON gateway_probe (began_at)`,
  `CREATE UNIQUE INDEX sip_trunk_partition_name ON sip_trunk (partition_id, lower(name)) WHERE account_id IS NULL`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

import { type Kysely, sql } from 'kysely'

/** What an account's number carries besides, orders of numbers, and what a partition wants to have in stock. */
const STATEMENTS = [
  `ALTER TABLE telephone_number
    ADD COLUMN can_accept_sms boolean NOT NULL DEFAULT false,
    ADD COLUMN service_package_type text NOT NULL DEFAULT 'PrimaryLocalAndDomesticLDFlatRate',
    ADD COLUMN byotn_carrier_id text,
    ADD COLUMN cooldown_recovered_at timestamptz,
    ADD COLUMN is_external boolean NOT NULL DEFAULT false,
    ADD COLUMN order_id text,
    ADD COLUMN port_id text,
    ADD COLUMN activation_due_at timestamptz,
    ADD COLUMN e911_correction jsonb,
    ADD COLUMN e911_decision text`,
  `CREATE INDEX telephone_number_activation ON telephone_number (activation_due_at) WHERE activation_due_at IS NOT NULL`,
  `CREATE INDEX telephone_number_partition ON telephone_number (partition_id, phone_number)`,
  `CREATE TABLE number_order (
    id text PRIMARY KEY,
    partition_id text NOT NULL REFERENCES partition (id),
    account_id text NOT NULL REFERENCES account (id),
    kind text NOT NULL,
    approval text NOT NULL,
    request jsonb NOT NULL,
    archived boolean NOT NULL DEFAULT false,
    ordered_by text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
  )`,
  `CREATE INDEX number_order_partition ON number_order (partition_id, created_at)`,
  `CREATE INDEX number_order_account ON number_order (account_id, created_at)`,
  `CREATE TABLE number_order_line (
    order_id text NOT NULL REFERENCES number_order (id) ON DELETE CASCADE,
    phone_number text NOT NULL,
    position integer NOT NULL,
    PRIMARY KEY (order_id, phone_number)
  )`,
  `CREATE TABLE rate_center_plan (
    partition_id text NOT NULL REFERENCES partition (id),
    rate_center text NOT NULL,
    state text NOT NULL,
    minimum_stock integer NOT NULL,
    reorder_quantity integer NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (partition_id, state, rate_center)
  )`,
  `CREATE TABLE rate_center_reorder (
    partition_id text PRIMARY KEY REFERENCES partition (id),
    emails jsonb NOT NULL,
    updated_at timestamptz NOT NULL
  )`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

import { type Kysely, sql } from 'kysely'

/**
 * Who uses which plan and when: a plan is a pool of seconds with an owner, and several references may draw from it.
 * A change at the billing day is a use that begins then, so no job has to run at that moment.
 */
const STATEMENTS = [
  `ALTER TABLE calling_plan ADD COLUMN cycle_starts_at timestamptz`,
  `UPDATE calling_plan SET cycle_starts_at = start_date`,
  `ALTER TABLE calling_plan ALTER COLUMN cycle_starts_at SET NOT NULL`,
  `CREATE TABLE calling_plan_use (
    id text PRIMARY KEY,
    partition_id text NOT NULL REFERENCES partition (id),
    account_id text NOT NULL REFERENCES account (id),
    reference_type text NOT NULL,
    reference_id text NOT NULL,
    calling_plan_id text NOT NULL REFERENCES calling_plan (id),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz
  )`,
  `CREATE INDEX calling_plan_use_reference ON calling_plan_use (account_id, reference_type, reference_id)`,
  `CREATE INDEX calling_plan_use_plan ON calling_plan_use (calling_plan_id)`,
  `INSERT INTO calling_plan_use (id, partition_id, account_id, reference_type, reference_id, calling_plan_id, starts_at, ends_at)
    SELECT id, partition_id, account_id, reference_type, reference_id, id, start_date, end_date FROM calling_plan`,
  `CREATE TABLE calling_plan_cycle (
    calling_plan_id text NOT NULL REFERENCES calling_plan (id) ON DELETE CASCADE,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    plan_minutes integer NOT NULL,
    seconds_remaining bigint NOT NULL,
    PRIMARY KEY (calling_plan_id, starts_at)
  )`,
  `CREATE TABLE calling_plan_rate (
    calling_plan_product_id text NOT NULL REFERENCES calling_plan_product (id) ON DELETE CASCADE,
    prefix text NOT NULL,
    description text NOT NULL,
    rate_per_minute text NOT NULL,
    in_plan boolean NOT NULL,
    allowed boolean NOT NULL,
    initial_seconds integer NOT NULL,
    subsequent_seconds integer NOT NULL,
    PRIMARY KEY (calling_plan_product_id, prefix)
  )`,
  `CREATE TABLE inbound_rate_plan_product (
    id text PRIMARY KEY,
    partition_id text NOT NULL REFERENCES partition (id),
    name text NOT NULL,
    default_plan boolean NOT NULL DEFAULT false,
    archived boolean NOT NULL DEFAULT false,
    rates jsonb NOT NULL,
    created_at timestamptz NOT NULL
  )`,
  `CREATE UNIQUE INDEX inbound_rate_plan_product_default ON inbound_rate_plan_product (partition_id) WHERE default_plan AND NOT archived`,
  `INSERT INTO inbound_rate_plan_product (id, partition_id, name, default_plan, rates, created_at)
    SELECT substr(md5('inbound ' || id), 1, 22), id, 'Standard inbound', true,
      '{"US": {"rate": "0.030000", "allowCalls": true}, "CANADA": {"rate": "0.050000", "allowCalls": true}}', created_at FROM partition`,
  `CREATE TABLE local_prefix (
    partition_id text NOT NULL REFERENCES partition (id),
    from_prefix text NOT NULL,
    to_prefix text NOT NULL,
    PRIMARY KEY (partition_id, from_prefix, to_prefix)
  )`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

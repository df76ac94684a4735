import { type Kysely, sql } from 'kysely'

/** What phones fetch, who may fetch it, how far they have come, and what every request got and why. */
const STATEMENTS = [
  `CREATE TABLE device_configuration (
    device_id text PRIMARY KEY REFERENCES device (id) ON DELETE CASCADE,
    partition_id text NOT NULL,
    account_id text NOT NULL,
    entity text,
    manufacturer text,
    user_id text,
    template_id text,
    settings jsonb NOT NULL DEFAULT '{}',
    line_words jsonb NOT NULL DEFAULT '{}',
    token_version integer NOT NULL DEFAULT 1,
    password_sealed text,
    window_until timestamptz,
    window_cidr text,
    window_address text,
    fetched_digest text,
    fetched_at timestamptz,
    revised_at timestamptz,
    firmware_version text,
    last_address text
  )`,
  `CREATE INDEX device_configuration_template ON device_configuration (template_id) WHERE template_id IS NOT NULL`,
  `CREATE TABLE kept_device_configuration (
    mac_address text PRIMARY KEY,
    partition_id text NOT NULL,
    account_id text NOT NULL,
    template_id text,
    settings jsonb NOT NULL,
    kept_at timestamptz NOT NULL
  )`,
  `CREATE TABLE device_template (
    id text PRIMARY KEY,
    partition_id text NOT NULL REFERENCES partition (id),
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
  )`,
  `CREATE UNIQUE INDEX device_template_name ON device_template (partition_id, lower(name))`,
  `CREATE TABLE device_template_version (
    template_id text NOT NULL REFERENCES device_template (id) ON DELETE CASCADE,
    version integer NOT NULL,
    settings jsonb NOT NULL,
    note text,
    percent integer NOT NULL DEFAULT 0,
    account_ids jsonb NOT NULL DEFAULT '[]',
    created_at timestamptz NOT NULL,
    published_at timestamptz,
    PRIMARY KEY (template_id, version)
  )`,
  `CREATE TABLE device_reboot (
    device_id text PRIMARY KEY REFERENCES device (id) ON DELETE CASCADE,
    due_at timestamptz NOT NULL,
    next_attempt_at timestamptz NOT NULL,
    force boolean NOT NULL
  )`,
  `CREATE INDEX device_reboot_due ON device_reboot (next_attempt_at)`,
  `ALTER TABLE provisioning_request
    ADD COLUMN method text NOT NULL DEFAULT 'GET',
    ADD COLUMN file_name text NOT NULL DEFAULT '',
    ADD COLUMN verdict text NOT NULL DEFAULT '',
    ADD COLUMN authentication text`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

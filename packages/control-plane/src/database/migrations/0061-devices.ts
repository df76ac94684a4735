import { type Kysely, sql } from 'kysely'

/** A device has lines of several kinds, keys on side cars, secrets of its own, and asks for its configuration (C-45, C-47). */
const STATEMENTS = [
  `ALTER TABLE device
    ADD COLUMN model text,
    ADD COLUMN description text,
    ADD COLUMN stays_without_lines boolean NOT NULL DEFAULT false,
    ADD COLUMN side_car_type_id text,
    ADD COLUMN num_side_cars integer NOT NULL DEFAULT 0,
    ADD COLUMN admin_password_sealed text,
    ADD COLUMN encryption_key_sealed text,
    ADD COLUMN provisioner_type text NOT NULL DEFAULT 'ALIANZA',
    ADD COLUMN updated_at timestamptz`,
  `UPDATE device SET updated_at = created_at`,
  `ALTER TABLE device ALTER COLUMN updated_at SET NOT NULL`,
  `CREATE INDEX device_account ON device (account_id, created_at)`,
  `ALTER TABLE device_line
    ADD COLUMN kind text NOT NULL DEFAULT 'USER',
    ADD COLUMN reference_id text,
    ADD COLUMN features jsonb,
    ADD COLUMN codecs jsonb`,
  `CREATE INDEX device_line_reference ON device_line (account_id, reference_id) WHERE reference_id IS NOT NULL`,
  `ALTER TABLE sip_credential ADD COLUMN first_registered_at timestamptz`,
  `UPDATE sip_credential SET first_registered_at = device_line.first_registered_at FROM device_line WHERE device_line.id = sip_credential.owner_id`,
  `ALTER TABLE device_line DROP COLUMN first_registered_at`,
  `CREATE TABLE provisioning_request (
    id text PRIMARY KEY,
    partition_id text NOT NULL,
    account_id text NOT NULL,
    device_id text NOT NULL REFERENCES device (id) ON DELETE CASCADE,
    requested_at timestamptz NOT NULL,
    http_status integer NOT NULL,
    ip_address text NOT NULL,
    user_agent text NOT NULL
  )`,
  `CREATE INDEX provisioning_request_device ON provisioning_request (device_id, requested_at DESC)`,
  `CREATE TABLE device_inventory (
    mac_address text PRIMARY KEY,
    partition_id text NOT NULL REFERENCES partition (id),
    device_type_id text,
    created_at timestamptz NOT NULL
  )`,
  `CREATE INDEX device_inventory_partition ON device_inventory (partition_id, mac_address)`,
  `INSERT INTO account_object (partition_id, account_id, type, id, name, created_at, updated_at)
    SELECT partition_id, account_id, 'DEVICE', id, device_name, created_at, created_at FROM device`,
  `INSERT INTO account_object_reference (account_id, from_type, from_id, role, position, to_type, to_id)
    SELECT account_id, 'LINE_APPEARANCE', id, 'device', 0, 'DEVICE', device_id FROM device_line`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

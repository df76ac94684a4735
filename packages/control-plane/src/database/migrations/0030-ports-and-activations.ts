import { type Kysely, sql } from 'kysely'

/**
 * Ports, and what carriers do to numbers in general: service activation events with their logs.
 * One open port a number is decided by `port_number_open`.
 */
const STATEMENTS = [
  `CREATE TABLE service_activation (
    sequence bigserial UNIQUE,
    id text PRIMARY KEY,
    partition_id text NOT NULL REFERENCES partition (id),
    account_id text NOT NULL REFERENCES account (id),
    service_type text NOT NULL,
    reference_type text NOT NULL,
    reference_id text NOT NULL,
    status text NOT NULL,
    main_telephone_number text,
    telephone_numbers jsonb NOT NULL,
    details jsonb NOT NULL,
    foc_date timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
  )`,
  `CREATE INDEX service_activation_reference ON service_activation (account_id, reference_id, service_type, sequence)`,
  `CREATE INDEX service_activation_partition ON service_activation (partition_id, sequence)`,
  `CREATE TABLE service_activation_log (
    sequence bigserial PRIMARY KEY,
    activation_id text NOT NULL REFERENCES service_activation (id) ON DELETE CASCADE,
    status text NOT NULL,
    action_date timestamptz NOT NULL,
    code text,
    message text,
    ticket_id text,
    created_at timestamptz NOT NULL
  )`,
  `CREATE INDEX service_activation_log_activation ON service_activation_log (activation_id, sequence)`,
  `CREATE TABLE port_request (
    id text PRIMARY KEY,
    partition_id text NOT NULL REFERENCES partition (id),
    account_id text NOT NULL REFERENCES account (id),
    status text NOT NULL,
    carrier_id text NOT NULL,
    losing_carrier text NOT NULL,
    wire_type text NOT NULL,
    requested_date text,
    crd_date text NOT NULL,
    time_zone text NOT NULL,
    country text NOT NULL,
    foc_at timestamptz,
    triggered_at timestamptz,
    hot_cut_port_id text,
    details jsonb NOT NULL,
    pin_sealed text,
    cancel_type text,
    rejection jsonb,
    next_step_at timestamptz,
    submitted_at timestamptz NOT NULL,
    completed_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
  )`,
  `CREATE INDEX port_request_account ON port_request (account_id, created_at)`,
  `CREATE INDEX port_request_due ON port_request (next_step_at) WHERE next_step_at IS NOT NULL`,
  `CREATE TABLE port_number (
    port_id text NOT NULL REFERENCES port_request (id) ON DELETE CASCADE,
    phone_number text NOT NULL,
    position integer NOT NULL,
    is_open boolean NOT NULL,
    from_inventory boolean NOT NULL,
    PRIMARY KEY (port_id, phone_number)
  )`,
  `CREATE UNIQUE INDEX port_number_open ON port_number (phone_number) WHERE is_open`,
  `CREATE TABLE port_document (
    port_id text PRIMARY KEY REFERENCES port_request (id) ON DELETE CASCADE,
    file_name text NOT NULL,
    content_type text NOT NULL,
    bytes bytea NOT NULL,
    uploaded_at timestamptz NOT NULL
  )`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

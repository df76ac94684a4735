import { type Kysely, sql } from 'kysely'

/** Who is told when somebody dials 911 (Kari's Law, 47 CFR 9.16), what was told, and how it went with each. */
const STATEMENTS = [
  `CREATE TABLE emergency_group (
    account_id text PRIMARY KEY REFERENCES account (id),
    partition_id text NOT NULL REFERENCES partition (id),
    name text,
    time_zone text,
    install_date timestamptz,
    using_alternative_solution boolean NOT NULL DEFAULT false,
    email_recipients jsonb NOT NULL,
    sms_recipients jsonb NOT NULL,
    webhook_urls jsonb NOT NULL,
    webhook_secret_sealed text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
  )`,
  `CREATE TABLE emergency_event (
    sequence bigserial UNIQUE,
    id text PRIMARY KEY,
    partition_id text NOT NULL REFERENCES partition (id),
    account_id text NOT NULL REFERENCES account (id),
    call_id text,
    trigger_type text NOT NULL,
    phone_number text,
    time_zone text NOT NULL,
    called_at timestamptz NOT NULL,
    details jsonb NOT NULL,
    created_at timestamptz NOT NULL
  )`,
  // The call itself and its record both tell of it, and either may be repeated.
  `CREATE UNIQUE INDEX emergency_event_call ON emergency_event (account_id, call_id) WHERE call_id IS NOT NULL`,
  `CREATE INDEX emergency_event_account ON emergency_event (account_id, sequence)`,
  `CREATE TABLE emergency_delivery (
    id text PRIMARY KEY,
    event_id text NOT NULL REFERENCES emergency_event (id) ON DELETE CASCADE,
    position integer NOT NULL,
    kind text NOT NULL,
    recipient text NOT NULL,
    status text NOT NULL,
    message_id text,
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz,
    last_error text,
    updated_at timestamptz NOT NULL
  )`,
  `CREATE INDEX emergency_delivery_event ON emergency_delivery (event_id, position)`,
  `CREATE INDEX emergency_delivery_due ON emergency_delivery (next_attempt_at) WHERE next_attempt_at IS NOT NULL`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

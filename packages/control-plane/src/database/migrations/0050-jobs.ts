import { type Kysely, sql } from 'kysely'

const STATEMENTS = [
  `CREATE TABLE job_upload (
    key text PRIMARY KEY,
    partition_id text NOT NULL,
    user_id text NOT NULL,
    file_name text,
    bytes bigint,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    stored_at timestamptz,
    used_at timestamptz
  )`,
  `CREATE INDEX job_upload_expiry ON job_upload (expires_at)`,
  `CREATE TABLE job (
    id text PRIMARY KEY,
    partition_id text NOT NULL,
    account_id text,
    user_id text NOT NULL,
    principal jsonb NOT NULL,
    name text NOT NULL,
    worker text NOT NULL,
    parameters jsonb NOT NULL,
    input_key text,
    output_key text,
    output_type text,
    output_name text,
    status text NOT NULL,
    errors jsonb NOT NULL,
    error_count integer NOT NULL DEFAULT 0,
    checkpoint jsonb,
    progress jsonb,
    cancel_requested boolean NOT NULL DEFAULT false,
    attempt integer NOT NULL DEFAULT 0,
    lease_id text,
    lease_until timestamptz,
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    updated_at timestamptz NOT NULL,
    finished_at timestamptz
  )`,
  `CREATE INDEX job_waiting ON job (created_at, id) WHERE status IN ('PENDING', 'IN_PROGRESS')`,
  `CREATE INDEX job_user ON job (user_id, created_at)`,
  `CREATE INDEX job_finished ON job (finished_at) WHERE finished_at IS NOT NULL`,
]

/** Jobs that go on while nobody waits for them, and the files they are given. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

import { type Kysely, sql } from 'kysely'

/**
 * One registry of what an account holds and what points at what. The foreign key is the rule "nothing in use is
 * deleted, nothing points at what is not there", kept by PostgreSQL also when two requests race.
 */
const STATEMENTS = [
  `CREATE TABLE account_object (
    partition_id text NOT NULL REFERENCES partition (id),
    account_id text NOT NULL REFERENCES account (id),
    type text NOT NULL,
    id text NOT NULL,
    name text NOT NULL,
    attributes jsonb,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, type, id)
  )`,
  `CREATE INDEX account_object_id ON account_object (id)`,
  `CREATE INDEX account_object_partition ON account_object (partition_id, type, created_at)`,
  `CREATE TABLE account_object_reference (
    account_id text NOT NULL,
    from_type text NOT NULL,
    from_id text NOT NULL,
    role text NOT NULL,
    position integer NOT NULL,
    to_type text NOT NULL,
    to_id text NOT NULL,
    PRIMARY KEY (account_id, from_type, from_id, role, position),
    FOREIGN KEY (account_id, from_type, from_id) REFERENCES account_object (account_id, type, id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, to_type, to_id) REFERENCES account_object (account_id, type, id)
  )`,
  `CREATE INDEX account_object_reference_to ON account_object_reference (account_id, to_type, to_id)`,
  `CREATE TABLE account_object_key (
    account_id text NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    type text NOT NULL,
    id text NOT NULL,
    PRIMARY KEY (account_id, key, value),
    FOREIGN KEY (account_id, type, id) REFERENCES account_object (account_id, type, id) ON DELETE CASCADE
  )`,
  `CREATE INDEX account_object_key_object ON account_object_key (account_id, type, id)`,
  `INSERT INTO account_object (partition_id, account_id, type, id, name, created_at, updated_at)
    SELECT partition_id, account_id, 'END_USER', id, first_name || ' ' || last_name, created_at, updated_at FROM end_user
    UNION ALL SELECT partition_id, account_id, 'VOICEMAIL_BOX', id, name, created_at, created_at FROM voicemail_box
    UNION ALL SELECT partition_id, account_id, 'LINE_APPEARANCE', id, device_name, created_at, updated_at FROM device_line
    UNION ALL SELECT partition_id, account_id, 'TELEPHONE_NUMBER', phone_number, phone_number, created_at, updated_at FROM telephone_number WHERE account_id IS NOT NULL`,
  `INSERT INTO account_object_reference (account_id, from_type, from_id, role, position, to_type, to_id)
    SELECT account_id, 'TELEPHONE_NUMBER', phone_number, 'destination', 0, reference_type, reference_id FROM telephone_number
      WHERE account_id IS NOT NULL AND reference_type IN ('END_USER', 'LINE_APPEARANCE')
    UNION ALL SELECT account_id, 'LINE_APPEARANCE', id, 'user', 0, 'END_USER', user_id FROM device_line WHERE user_id IS NOT NULL
    UNION ALL SELECT device_line.account_id, 'LINE_APPEARANCE', device_line.id, 'emergencyNumber', 0, 'TELEPHONE_NUMBER', emergency_number FROM device_line
      JOIN telephone_number ON phone_number = emergency_number AND telephone_number.account_id = device_line.account_id
    UNION ALL SELECT end_user.account_id, 'END_USER', end_user.id, 'voicemailBox', 0, 'VOICEMAIL_BOX', voicemail_box_id FROM end_user WHERE voicemail_box_id IS NOT NULL`,
  `INSERT INTO account_object_key (account_id, key, value, type, id)
    SELECT account_id, 'extension', extension, 'END_USER', id FROM end_user WHERE extension IS NOT NULL`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

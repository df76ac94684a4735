import { type Kysely, sql } from 'kysely'

/**
 * Who may do what: roles instead of permissions on the user, account users, login names that are unique over every kind of user,
 * password tokens, what is known about failed logins, access rules, keys of programs, and the history of a partition.
 */
const STATEMENTS = [
  `CREATE TABLE security_role (
    id text PRIMARY KEY,
    partition_id text NOT NULL REFERENCES partition (id),
    name text NOT NULL,
    user_type text NOT NULL,
    permissions jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
  )`,
  `CREATE UNIQUE INDEX security_role_name ON security_role (partition_id, lower(name))`,
  `CREATE TABLE management_user_role (
    user_id text NOT NULL REFERENCES management_user (id) ON DELETE CASCADE,
    role_id text NOT NULL REFERENCES security_role (id),
    PRIMARY KEY (user_id, role_id)
  )`,
  `CREATE INDEX management_user_role_role ON management_user_role (role_id)`,
  // Until now every operator held his permissions himself: they become the role he has.
  `INSERT INTO security_role (id, partition_id, name, user_type, permissions, created_at, updated_at)
    SELECT 'role-' || id, partition_id, 'Permissions of ' || username, 'ManagementUser', permissions, created_at, created_at FROM management_user`,
  `INSERT INTO management_user_role (user_id, role_id) SELECT id, 'role-' || id FROM management_user`,
  `ALTER TABLE management_user DROP COLUMN permissions`,
  `ALTER TABLE management_user ALTER COLUMN password_hash DROP NOT NULL`,
  `CREATE INDEX management_user_partition ON management_user (partition_id)`,
  `CREATE TABLE account_user (
    id text PRIMARY KEY,
    partition_id text NOT NULL REFERENCES partition (id),
    account_id text NOT NULL REFERENCES account (id),
    username text NOT NULL,
    sub_domain text,
    password_hash text,
    first_name text NOT NULL,
    last_name text NOT NULL,
    email_address text,
    must_change_password boolean NOT NULL DEFAULT true,
    language_tag text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
  )`,
  `CREATE UNIQUE INDEX account_user_username ON account_user (lower(username))`,
  `CREATE INDEX account_user_account ON account_user (account_id, created_at)`,
  `CREATE TABLE account_user_role (
    user_id text NOT NULL REFERENCES account_user (id) ON DELETE CASCADE,
    role_id text NOT NULL REFERENCES security_role (id),
    PRIMARY KEY (user_id, role_id)
  )`,
  `CREATE INDEX account_user_role_role ON account_user_role (role_id)`,
  // A login name is given once, whatever kind of user has it (S1-49). The tables of the users keep it themselves.
  `CREATE TABLE login_name (
    name text PRIMARY KEY,
    user_type text NOT NULL,
    user_id text NOT NULL
  )`,
  `INSERT INTO login_name (name, user_type, user_id) SELECT lower(username), 'ManagementUser', id FROM management_user`,
  `INSERT INTO login_name (name, user_type, user_id) SELECT lower(username), 'EndUser', id FROM end_user WHERE username IS NOT NULL ON CONFLICT DO NOTHING`,
  `CREATE FUNCTION keep_login_name() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP <> 'INSERT' AND OLD.username IS NOT NULL AND (TG_OP = 'DELETE' OR lower(OLD.username) IS DISTINCT FROM lower(NEW.username)) THEN
      DELETE FROM login_name WHERE name = lower(OLD.username) AND user_id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.username IS NOT NULL AND (TG_OP = 'INSERT' OR lower(OLD.username) IS DISTINCT FROM lower(NEW.username)) THEN
      INSERT INTO login_name (name, user_type, user_id) VALUES (lower(NEW.username), TG_ARGV[0], NEW.id);
    END IF;
    RETURN NULL;
  EXCEPTION WHEN unique_violation THEN
    RAISE unique_violation USING MESSAGE = 'the login name is taken', CONSTRAINT = TG_TABLE_NAME || '_username', TABLE = TG_TABLE_NAME;
  END $$`,
  `CREATE TRIGGER management_user_login_name AFTER INSERT OR UPDATE OF username OR DELETE ON management_user
    FOR EACH ROW EXECUTE FUNCTION keep_login_name('ManagementUser')`,
  `CREATE TRIGGER account_user_login_name AFTER INSERT OR UPDATE OF username OR DELETE ON account_user
    FOR EACH ROW EXECUTE FUNCTION keep_login_name('AccountUser')`,
  `CREATE TRIGGER end_user_login_name AFTER INSERT OR UPDATE OF username OR DELETE ON end_user
    FOR EACH ROW EXECUTE FUNCTION keep_login_name('EndUser')`,
  `CREATE TABLE password_token (
    token_hash text PRIMARY KEY,
    environment text NOT NULL,
    purpose text NOT NULL,
    user_type text NOT NULL,
    user_id text NOT NULL,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL
  )`,
  `CREATE INDEX password_token_user ON password_token (user_id)`,
  // Failed logins by where they came from: a name alone is never locked.
  `CREATE TABLE login_failure (
    source text NOT NULL,
    name_hash text NOT NULL,
    failures integer NOT NULL,
    blocked_until timestamptz NOT NULL,
    last_failed_at timestamptz NOT NULL,
    PRIMARY KEY (source, name_hash)
  )`,
  `CREATE INDEX login_failure_age ON login_failure (last_failed_at)`,
  `CREATE TABLE login_source (
    name_hash text NOT NULL,
    source text NOT NULL,
    last_success_at timestamptz NOT NULL,
    PRIMARY KEY (name_hash, source)
  )`,
  `CREATE TABLE access_rule (
    id text PRIMARY KEY,
    partition_id text NOT NULL REFERENCES partition (id),
    account_id text REFERENCES account (id),
    scope text NOT NULL,
    action text NOT NULL,
    cidr text NOT NULL,
    description text NOT NULL,
    enabled boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
  )`,
  `CREATE UNIQUE INDEX access_rule_cidr ON access_rule (partition_id, COALESCE(account_id, ''), scope, action, cidr)`,
  `CREATE TABLE program_key (
    id text PRIMARY KEY,
    kind text NOT NULL,
    partition_id text NOT NULL REFERENCES partition (id),
    account_id text REFERENCES account (id),
    environment text NOT NULL,
    name text NOT NULL,
    secret_hash text NOT NULL,
    secret_start text NOT NULL,
    previous_secret_hash text,
    previous_valid_until timestamptz,
    public_key text,
    permissions jsonb NOT NULL,
    allowed_addresses jsonb NOT NULL DEFAULT '[]',
    expires_at timestamptz,
    last_used_at timestamptz,
    last_used_address text,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL
  )`,
  `CREATE UNIQUE INDEX program_key_secret ON program_key (secret_hash)`,
  `CREATE UNIQUE INDEX program_key_previous_secret ON program_key (previous_secret_hash) WHERE previous_secret_hash IS NOT NULL`,
  `CREATE INDEX program_key_partition ON program_key (partition_id, created_at)`,
  `ALTER TABLE session_token ADD COLUMN expires_at timestamptz`,
  `ALTER TABLE session_token ADD COLUMN source text NOT NULL DEFAULT 'PASSWORD'`,
  `CREATE INDEX session_token_age ON session_token (last_used_at)`,
  `CREATE TABLE used_assertion (
    id text PRIMARY KEY,
    expires_at timestamptz NOT NULL
  )`,
  `CREATE TABLE partition_history (
    sequence bigserial PRIMARY KEY,
    id text NOT NULL UNIQUE,
    partition_id text NOT NULL,
    type text NOT NULL,
    action text NOT NULL,
    search_tags jsonb NOT NULL,
    old_value jsonb,
    new_value jsonb,
    reference_type text NOT NULL,
    reference_id text NOT NULL,
    reference_name text NOT NULL,
    user_id text NOT NULL,
    user_name text NOT NULL,
    user_type text NOT NULL,
    logged_at timestamptz NOT NULL
  )`,
  `CREATE INDEX partition_history_partition ON partition_history (partition_id, sequence)`,
  `CREATE TABLE inbound_carrier (
    id text PRIMARY KEY,
    partition_id text NOT NULL REFERENCES partition (id),
    name text NOT NULL,
    carrier_type text NOT NULL,
    attributes jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
  )`,
  `CREATE UNIQUE INDEX inbound_carrier_name ON inbound_carrier (partition_id, lower(name))`,
  `CREATE INDEX partition_parent ON partition (parent_id)`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

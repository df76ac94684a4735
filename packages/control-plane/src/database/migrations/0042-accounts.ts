import { type Kysely, sql } from 'kysely'

/**
 * Text by which an account is found: a row a value, with the triples of characters it contains, so that any part of it is found
 * along an index. The triggers keep it, whoever writes the rows.
 */
const SEARCH = [
  `CREATE TABLE account_search (
    account_id text NOT NULL REFERENCES account (id),
    partition_id text NOT NULL REFERENCES partition (id),
    field text NOT NULL,
    item text NOT NULL,
    value text NOT NULL,
    shown text NOT NULL,
    grams text[] NOT NULL,
    PRIMARY KEY (account_id, field, item)
  )`,
  `CREATE INDEX account_search_value ON account_search (partition_id, value text_pattern_ops)`,
  `CREATE INDEX account_search_grams ON account_search USING gin (grams)`,
  `CREATE FUNCTION search_grams(value text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT array_agg(DISTINCT substr(value, position, 3)) FROM generate_series(1, greatest(length(value) - 2, 1)) AS position
  $$`,
  `CREATE FUNCTION show_account_text(account text, partition text, kind text, item_id text, written text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO account_search (account_id, partition_id, field, item, value, shown, grams)
      VALUES (account, partition, kind, item_id, lower(written), written, search_grams(lower(written)))
      ON CONFLICT (account_id, field, item) DO UPDATE
        SET value = excluded.value, shown = excluded.shown, grams = excluded.grams, partition_id = excluded.partition_id
  $$`,
  `CREATE FUNCTION search_account() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF NEW.status = 'DELETED' THEN
      DELETE FROM account_search WHERE account_id = NEW.id;
    ELSE
      PERFORM show_account_text(NEW.id, NEW.partition_id, 'accountname', NEW.id, NEW.account_name);
      PERFORM show_account_text(NEW.id, NEW.partition_id, 'accountnumber', NEW.id, NEW.account_number);
    END IF;
    RETURN NULL;
  END $$`,
  `CREATE TRIGGER account_search_text AFTER INSERT OR UPDATE OF account_name, account_number, status ON account
    FOR EACH ROW EXECUTE FUNCTION search_account()`,
  `CREATE FUNCTION search_end_user() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP <> 'INSERT' THEN DELETE FROM account_search WHERE account_id = OLD.account_id AND field = 'emailaddresses' AND item = OLD.id; END IF;
    IF TG_OP <> 'DELETE' AND NEW.email_address IS NOT NULL THEN
      PERFORM show_account_text(NEW.account_id, NEW.partition_id, 'emailaddresses', NEW.id, NEW.email_address);
    END IF;
    RETURN NULL;
  END $$`,
  `CREATE TRIGGER end_user_search_text AFTER INSERT OR UPDATE OF email_address OR DELETE ON end_user FOR EACH ROW EXECUTE FUNCTION search_end_user()`,
  `CREATE FUNCTION search_device() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP <> 'INSERT' THEN DELETE FROM account_search WHERE account_id = OLD.account_id AND field = 'devices' AND item = OLD.id; END IF;
    IF TG_OP <> 'DELETE' AND NEW.mac_address IS NOT NULL THEN
      PERFORM show_account_text(NEW.account_id, NEW.partition_id, 'devices', NEW.id, NEW.mac_address);
    END IF;
    RETURN NULL;
  END $$`,
  `CREATE TRIGGER device_search_text AFTER INSERT OR UPDATE OF mac_address, account_id OR DELETE ON device FOR EACH ROW EXECUTE FUNCTION search_device()`,
  `CREATE FUNCTION search_telephone_number() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP <> 'INSERT' AND OLD.account_id IS NOT NULL THEN
      DELETE FROM account_search WHERE account_id = OLD.account_id AND field = 'phonenumbers' AND item = OLD.phone_number;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.account_id IS NOT NULL THEN
      PERFORM show_account_text(NEW.account_id, NEW.partition_id, 'phonenumbers', NEW.phone_number, NEW.phone_number);
    END IF;
    RETURN NULL;
  END $$`,
  `CREATE TRIGGER telephone_number_search_text AFTER UPDATE OF account_id ON telephone_number
    FOR EACH ROW WHEN (OLD.account_id IS DISTINCT FROM NEW.account_id) EXECUTE FUNCTION search_telephone_number()`,
  `CREATE TRIGGER telephone_number_added_text AFTER INSERT ON telephone_number
    FOR EACH ROW WHEN (NEW.account_id IS NOT NULL) EXECUTE FUNCTION search_telephone_number()`,
  `CREATE TRIGGER telephone_number_removed_text AFTER DELETE ON telephone_number
    FOR EACH ROW WHEN (OLD.account_id IS NOT NULL) EXECUTE FUNCTION search_telephone_number()`,
  `SELECT show_account_text(id, partition_id, 'accountname', id, account_name), show_account_text(id, partition_id, 'accountnumber', id, account_number)
    FROM account WHERE status <> 'DELETED'`,
  `SELECT show_account_text(account_id, partition_id, 'emailaddresses', id, email_address) FROM end_user WHERE email_address IS NOT NULL`,
  `SELECT show_account_text(account_id, partition_id, 'devices', id, mac_address) FROM device WHERE mac_address IS NOT NULL`,
  `SELECT show_account_text(account_id, partition_id, 'phonenumbers', phone_number, phone_number) FROM telephone_number WHERE account_id IS NOT NULL`,
]

const STATEMENTS = [
  `ALTER TABLE account
    ADD COLUMN products jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN domain text,
    ADD COLUMN inbound_rate_plan_product_id text,
    ADD COLUMN deleted_at timestamptz,
    ADD COLUMN platform_changed_at timestamptz`,
  `UPDATE account SET products = CASE WHEN account_type = 'SIMPLE' THEN '["HOME_PHONE"]'::jsonb ELSE '["BCC"]'::jsonb END`,
  `UPDATE account SET deleted_at = updated_at WHERE status = 'DELETED'`,
  // Who looked at which account: for the lists of those opened most often and last.
  `CREATE TABLE account_access (
    user_id text NOT NULL,
    account_id text NOT NULL REFERENCES account (id),
    partition_id text NOT NULL REFERENCES partition (id),
    accesses bigint NOT NULL,
    accessed_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, account_id)
  )`,
  `CREATE INDEX account_access_partition ON account_access (partition_id, account_id)`,
  `CREATE INDEX account_history_kind ON account_history (account_id, type, sequence)`,
  ...SEARCH,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

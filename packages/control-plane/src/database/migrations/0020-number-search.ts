import { type Kysely, sql } from 'kysely'

/**
 * What a search over a million numbers stands on. A place or a state becomes a list of exchanges, an exchange a range of the pool's index;
 * an ending is a range of the reversed digits; digits in the middle are found by the eight groups of three that a national number has.
 * No extension: the same tables work in every PostgreSQL 15 and in the embedded engine.
 */
const STATEMENTS = [
  `CREATE TABLE inventory_exchange (
    partition_id text NOT NULL REFERENCES partition (id),
    function_type text NOT NULL,
    prefix text NOT NULL,
    rate_center text NOT NULL,
    rate_center_reorder_name text NOT NULL,
    state text NOT NULL,
    latitude double precision,
    longitude double precision,
    PRIMARY KEY (partition_id, function_type, prefix)
  )`,
  `CREATE INDEX inventory_exchange_place ON inventory_exchange (partition_id, function_type, latitude)`,
  `CREATE INDEX inventory_exchange_state ON inventory_exchange (partition_id, function_type, state)`,
  // A statement trigger, so that whoever fills the inventory cannot forget it; ordered, so that two who do so wait for each other in one order.
  `CREATE FUNCTION note_inventory_exchanges() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO inventory_exchange (partition_id, function_type, prefix, rate_center, rate_center_reorder_name, state, latitude, longitude)
      SELECT DISTINCT ON (inventory_partition_id, function_type, prefix)
        inventory_partition_id, function_type, prefix, rate_center, rate_center_reorder_name, state, latitude, longitude
      FROM added ORDER BY inventory_partition_id, function_type, prefix, phone_number
      ON CONFLICT DO NOTHING;
    RETURN NULL;
  END $$`,
  `CREATE TRIGGER telephone_number_exchange AFTER INSERT ON telephone_number
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION note_inventory_exchanges()`,
  `INSERT INTO inventory_exchange (partition_id, function_type, prefix, rate_center, rate_center_reorder_name, state, latitude, longitude)
    SELECT DISTINCT ON (inventory_partition_id, function_type, prefix)
      inventory_partition_id, function_type, prefix, rate_center, rate_center_reorder_name, state, latitude, longitude
    FROM telephone_number ORDER BY inventory_partition_id, function_type, prefix, phone_number`,
  `CREATE FUNCTION digit_groups(phone_number text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ARRAY[substr(phone_number, 2, 3), substr(phone_number, 3, 3), substr(phone_number, 4, 3), substr(phone_number, 5, 3),
      substr(phone_number, 6, 3), substr(phone_number, 7, 3), substr(phone_number, 8, 3), substr(phone_number, 9, 3)]
  $$`,
  `DROP INDEX telephone_number_inventory`,
  `CREATE INDEX telephone_number_pool ON telephone_number (partition_id, function_type, phone_number) WHERE account_id IS NULL`,
  `CREATE INDEX telephone_number_pool_ending ON telephone_number (partition_id, function_type, reverse(phone_number)) WHERE account_id IS NULL`,
  // Without the list of pending entries: a search would have to read it.
  `CREATE INDEX telephone_number_pool_digits ON telephone_number USING gin (digit_groups(phone_number)) WITH (fastupdate = off) WHERE account_id IS NULL`,
  // Who saw a number in his search last: others are not offered it for a while, but may still take it (C-26).
  `CREATE TABLE number_search_hold (
    phone_number text PRIMARY KEY,
    user_id text NOT NULL,
    held_until timestamptz NOT NULL
  )`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database)
}

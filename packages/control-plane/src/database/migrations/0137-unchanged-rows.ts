import { type Kysely, sql } from 'kysely'

/** What a write may find as it already is, and the columns that only say that it was written. */
const TABLES: Readonly<Record<string, readonly ('updated_at' | 'version')[]>> = {
  ...Object.fromEntries(['account', 'account_object', 'port_request'].map((name) => [name, ['updated_at', 'version'] as const])),
  ...Object.fromEntries(
    [
      ...['access_rule', 'account_user', 'business_line', 'call_recording_setting', 'device', 'device_line', 'device_template', 'emergency_group'],
      ...['end_user', 'fraud_guard', 'inbound_carrier', 'number_order', 'partition', 'rate_center_reorder', 'security_role', 'sip_credential'],
      ...['sip_domain', 'sip_trunk', 'specialty_line', 'telephone_number', 'trunk_address', 'webhook_subscription'],
    ].map((name) => [name, ['updated_at'] as const]),
  ),
  ...Object.fromEntries(
    [
      ...['calling_plan', 'calling_plan_product', 'calling_plan_use', 'device_configuration', 'inbound_rate_plan_product', 'management_user'],
      ...['port_document', 'program_key', 'user_softphone', 'voicemail_box'],
    ].map((name) => [name, []]),
  ),
}

/**
 * Whoever writes a row as it is has changed nothing: neither its time nor its version, by which others see that it changed. And a
 * transaction knows whether one of its updates changed anything (`dialtone.changed`), whatever the history of the change leaves out.
 */
function functionOf(name: string, columns: readonly ('updated_at' | 'version')[]): string {
  const each = (text: (column: string) => string): string => columns.map(text).join('\n    ')
  return `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    wanted record := NEW;
  BEGIN
    ${each((column) => `NEW.${column} := OLD.${column};`)}
    IF NEW *<> OLD THEN
      ${each((column) => `NEW.${column} := wanted.${column};`)}
      PERFORM set_config('dialtone.changed', 'yes', true);
    END IF;
    RETURN NEW;
  END $$`
}

/** Rows that are put in anew where they change, and of which history does not tell all. */
const PUT_IN_ANEW = ['port_document', 'rate_center_plan', 'sip_credential']

export async function up(database: Kysely<unknown>): Promise<void> {
  const names = { '': 'note_change', updated_at: 'note_change_at', 'updated_at,version': 'note_version' }
  const statements = [
    functionOf(names[''], []),
    functionOf(names.updated_at, ['updated_at']),
    functionOf(names['updated_at,version'], ['updated_at', 'version']),
    `CREATE FUNCTION note_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM set_config('dialtone.changed', 'yes', true); RETURN NULL; END $$`,
    ...Object.entries(TABLES).map(
      ([table, columns]) =>
        `CREATE TRIGGER unchanged BEFORE UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION ${names[columns.join(',') as keyof typeof names]}()`,
    ),
    ...PUT_IN_ANEW.map((table) => `CREATE TRIGGER put_in AFTER INSERT ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION note_row()`),
  ]
  for (const statement of statements) await sql.raw(statement).execute(database)
}

import { randomUUID } from 'node:crypto'
import { type Kysely, sql } from 'kysely'

/** Lets every change of one row fail, as a defect of ours would. @returns what mends it again. */
export async function breakRow<Schema>(
  database: Kysely<Schema>,
  { table, column, value }: { readonly table: string; readonly column: string; readonly value: string },
): Promise<() => Promise<void>> {
  const name = `broken_${randomUUID().replaceAll('-', '')}`
  const body = sql.lit(`BEGIN IF OLD.${column} = '${value}' THEN RAISE EXCEPTION 'row % is broken', OLD.${column}; END IF; RETURN COALESCE(NEW, OLD); END`)
  await sql`CREATE FUNCTION ${sql.id(name)}() RETURNS trigger LANGUAGE plpgsql AS ${body}`.execute(database)
  await sql`CREATE TRIGGER ${sql.id(name)} BEFORE UPDATE OR DELETE ON ${sql.table(table)} FOR EACH ROW EXECUTE FUNCTION ${sql.id(name)}()`.execute(database)
  return async () => {
    await sql`DROP TRIGGER ${sql.id(name)} ON ${sql.table(table)}`.execute(database)
    await sql`DROP FUNCTION ${sql.id(name)}()`.execute(database)
  }
}

import { mkdir } from 'node:fs/promises'
import { PGlite } from '@electric-sql/pglite'
import { Kysely, PGliteDialect, PostgresDialect, type Transaction as KyselyTransaction } from 'kysely'
import pg from 'pg'
import { migrateToLatest } from './migrate.ts'
import { prepareOn } from './prepared.ts'
import type { Schema } from './schema.ts'

export type Sql = Kysely<Schema>
export type Transaction = KyselyTransaction<Schema>

export interface Database {
  readonly kind: 'postgres' | 'pglite'
  readonly sql: Sql
  /** Resolves to false when the database does not answer. */
  ping(): Promise<boolean>
  close(): Promise<void>
}

const INT8_TYPE_ID = 20
const POOL_SIZE = 16

/**
 * Opens the database and brings its tables up to date.
 * @param url a PostgreSQL URL (15 or newer), or `pglite:` with an optional folder for the in-process engine
 *   (no fsync: a power cut can lose acknowledged writes, so it is not the default).
 */
export async function openDatabase(url: string): Promise<Database> {
  const database = url.startsWith('pglite:') ? await openPglite(url.slice('pglite:'.length)) : openPostgres(url)
  await migrateToLatest(database.sql)
  return database
}

function openPostgres(url: string): Database {
  // Our queries take a millisecond or a few; compiling one, which PostgreSQL does when it overestimates it, takes ten times that.
  const pool = new pg.Pool({ connectionString: url, max: POOL_SIZE, allowExitOnIdle: false, options: '-c jit=off' })
  // A connection that breaks must not end the process, whether it is idle or ours between two queries of a transaction: the query
  // that runs on it, or the next one, fails, and the one after that opens a new connection.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  const sql = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) })
  prepareOn(sql, pool)
  return databaseOf('postgres', sql)
}

async function openPglite(folder: string): Promise<Database> {
  if (folder !== '') await mkdir(folder, { recursive: true, mode: 0o700 })
  const options = { parsers: { [INT8_TYPE_ID]: (text: string) => text } }
  const pglite = folder === '' ? await PGlite.create(options) : await PGlite.create(folder, options)
  return databaseOf('pglite', new Kysely<Schema>({ dialect: new PGliteDialect({ pglite }) }))
}

function databaseOf(kind: Database['kind'], sql: Sql): Database {
  return {
    kind,
    sql,
    ping: async () => {
      try {
        await sql.selectFrom('platform_secret').select('name').limit(1).execute()
        return true
      } catch {
        return false
      }
    },
    close: () => sql.destroy(),
  }
}

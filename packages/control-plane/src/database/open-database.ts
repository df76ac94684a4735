import { mkdir } from 'node:fs/promises'
import { PGlite } from '@electric-sql/pglite'
import { Kysely, PGliteDialect, PostgresDialect, sql, type Transaction as KyselyTransaction } from 'kysely'
import pg from 'pg'
import { migrateToLatest, UnusableDatabase } from './migrate.ts'
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
/** Whoever waits longer fails, and gives back what he holds: should some ever wait for each other, it is over then. */
const WAIT_MS = 60_000
const OLDEST_POSTGRES = 150_000

/**
 * Opens the database and brings its tables up to date.
 * @throws {UnusableDatabase} when PostgreSQL is too old, or a newer version of ours has been here
 * @param url a PostgreSQL URL (15 or newer), or `pglite:` with an optional folder for the in-process engine
 *   (no fsync: a power cut can lose acknowledged writes, so it is not the default).
 * @param waitMs how long a request waits for a connection, and a connection for the server
 */
export async function openDatabase(url: string, waitMs = WAIT_MS): Promise<Database> {
  const database = url.startsWith('pglite:') ? await openPglite(url.slice('pglite:'.length)) : openPostgres(url, waitMs)
  try {
    await refuseOld(database.sql)
    await migrateToLatest(database.sql)
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}

async function refuseOld(database: Sql): Promise<void> {
  const { rows } = await sql<{ readonly number: number; readonly name: string }>`
    select current_setting('server_version_num')::int as number, current_setting('server_version') as name
  `.execute(database)
  const { number, name } = rows[0] ?? { number: 0, name: 'unknown' }
  if (number < OLDEST_POSTGRES) throw new UnusableDatabase(`It is PostgreSQL ${name}; 15 or newer is needed.`)
}

function openPostgres(url: string, waitMs: number): Database {
  // Our queries take a millisecond or a few; compiling one, which PostgreSQL does when it overestimates it, takes ten times that.
  const pool = new pg.Pool({ connectionString: url, max: POOL_SIZE, connectionTimeoutMillis: waitMs, allowExitOnIdle: false, options: '-c jit=off' })
  // A connection that breaks must not end the process, whether it is idle or ours between two queries of a transaction: the query
  // that runs on it, or the next one, fails, and the one after that opens a new connection.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  const database = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) })
  prepareOn(database, pool)
  return databaseOf('postgres', database)
}

async function openPglite(folder: string): Promise<Database> {
  if (folder !== '') await mkdir(folder, { recursive: true, mode: 0o700 })
  const options = { parsers: { [INT8_TYPE_ID]: (text: string) => text } }
  const pglite = folder === '' ? await PGlite.create(options) : await PGlite.create(folder, options)
  return databaseOf('pglite', new Kysely<Schema>({ dialect: new PGliteDialect({ pglite }) }))
}

function databaseOf(kind: Database['kind'], database: Sql): Database {
  return {
    kind,
    sql: database,
    ping: async () => {
      try {
        await database.selectFrom('platform_secret').select('name').limit(1).execute()
        return true
      } catch {
        return false
      }
    },
    close: () => database.destroy(),
  }
}

import { err, ok, type Result } from '@dialtone/foundation'
import { Client } from 'pg'
import { DATABASE_USER } from './initialize-cluster.ts'

export const DATABASE_NAME = 'dialtone'
const CONNECT_LIMIT_MS = 10_000

/** How `pg`, `psql` and everything built on libpq reach it. */
export function databaseUrl(socketDirectory: string): string {
  return `postgresql://${DATABASE_USER}@/${DATABASE_NAME}?host=${encodeURIComponent(socketDirectory)}`
}

/** Makes the database on the first start. */
export function ensureDatabase(socketDirectory: string): Promise<Result<void, { readonly message: string }>> {
  return inSession(socketDirectory, async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE_NAME])
    if (rowCount === 0) await client.query(`create database ${DATABASE_NAME}`)
  })
}

/** Ends what a killed server was still doing, so that none of its locks is held. @returns whose data directory answers. */
export function endLeftoverSessions(socketDirectory: string): Promise<Result<{ readonly dataDirectory: string }, { readonly message: string }>> {
  return inSession(socketDirectory, async (client) => {
    await client.query(`select pg_terminate_backend(pid, 5000) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'`)
    const { rows } = await client.query<{ readonly data_directory: string }>('show data_directory')
    return { dataDirectory: rows[0]?.data_directory ?? '' }
  })
}

/** A session of its own, in which whatever was said of it stays until its end. */
export async function inSession<Value>(
  socketDirectory: string,
  work: (client: Client) => Promise<Value>,
): Promise<Result<Value, { readonly message: string }>> {
  const client = new Client({ host: socketDirectory, user: DATABASE_USER, database: 'postgres', connectionTimeoutMillis: CONNECT_LIMIT_MS })
  // A connection that breaks while idle says so here, and again to the query that fails.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return ok(await work(client))
  } catch (error) {
    return err({ message: error instanceof Error ? error.message : String(error) })
  } finally {
    await client.end().catch(() => undefined)
  }
}

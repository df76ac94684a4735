import { randomBytes } from 'node:crypto'
import { type Database, openDatabase } from '@dialtone/control-plane'
import pg from 'pg'

export const TEST_DATABASE_URL_VARIABLE = 'DIALTONE_TEST_DATABASE_URL'
const TEMPLATE_VARIABLE = 'DIALTONE_TEST_TEMPLATE'

export interface TestDatabase {
  readonly database: Database
  readonly url: string
  /** Closes the connections and drops the database. */
  drop(): Promise<void>
}

/**
 * A database of its own, copied from the migrated template: tests never see each other's rows.
 * @param earlier statements that make another one, as an earlier version left it; it is brought up to date
 */
export async function createTestDatabase(earlier?: string): Promise<TestDatabase> {
  const serverUrl = process.env[TEST_DATABASE_URL_VARIABLE]
  const template = process.env[TEMPLATE_VARIABLE]
  if (serverUrl === undefined || template === undefined)
    throw new Error(`${TEST_DATABASE_URL_VARIABLE} is not set: run the tests through the root vitest configuration`)
  const name = `dialtone_test_${randomBytes(6).toString('hex')}`
  const url = databaseUrl(serverUrl, name)
  await onServer(serverUrl, `CREATE DATABASE ${name} ${earlier === undefined ? `TEMPLATE ${template}` : ''}`)
  if (earlier !== undefined) await onServer(url, earlier)
  const database = await openDatabase(url)
  return {
    database,
    url,
    drop: async () => {
      await database.close()
      await onServer(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`)
    },
  }
}

/** Connections of their own to a database of another. `drop` closes them. */
export async function joinTestDatabase(url: string): Promise<TestDatabase> {
  const database = await openDatabase(url)
  return { database, url, drop: () => database.close() }
}

/** Makes the template of a run, one of its own: other runs may use the same server, with other tables. Resolves to its removal. */
export async function createTemplate(serverUrl: string): Promise<() => Promise<void>> {
  const name = `dialtone_template_${randomBytes(6).toString('hex')}`
  await onServer(serverUrl, `CREATE DATABASE ${name}`)
  const database = await openDatabase(databaseUrl(serverUrl, name))
  await database.close()
  process.env[TEMPLATE_VARIABLE] = name
  return () => onServer(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`)
}

/** For a server that lives as long as the run: no commit waits for a disk. What outlives a crash is proven where processes are killed, in `acceptance/`. */
export async function forgetDurability(serverUrl: string): Promise<void> {
  for (const setting of ['synchronous_commit', 'full_page_writes']) await onServer(serverUrl, `ALTER SYSTEM SET ${setting} = off`)
  await onServer(serverUrl, 'SELECT pg_reload_conf()')
}

async function onServer(serverUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

function databaseUrl(serverUrl: string, name: string): string {
  // Not `URL`: a server reached through a socket has no host, which PostgreSQL's URLs allow and that class does not.
  return serverUrl.replace(/^(\w+:\/\/[^/]*)\/?[^?]*/, `$1/${name}`)
}

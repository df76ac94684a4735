import { createHash, randomBytes } from 'node:crypto'
import { type Database, openDatabase } from '@dialtone/control-plane'
import pg from 'pg'

export const TEST_DATABASE_URL_VARIABLE = 'DIALTONE_TEST_DATABASE_URL'
/** One for each checkout: several may share a server, and their migrations differ. */
export const TEMPLATE_DATABASE = `dialtone_test_template_${createHash('sha256').update(import.meta.url).digest('hex').slice(0, 8)}`

export interface TestDatabase {
  readonly database: Database
  readonly url: string
  /** Closes the connections and drops the database. */
  drop(): Promise<void>
}

/** A database of its own, copied from the migrated template: tests never see each other's rows. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = process.env[TEST_DATABASE_URL_VARIABLE]
  if (serverUrl === undefined) throw new Error(`${TEST_DATABASE_URL_VARIABLE} is not set: run the tests through the root vitest configuration`)
  const name = `dialtone_test_${randomBytes(6).toString('hex')}`
  await onServer(serverUrl, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE_DATABASE}`)
  const url = databaseUrl(serverUrl, name)
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

/** Makes the template once for a whole run. */
export async function createTemplate(serverUrl: string): Promise<void> {
  await onServer(serverUrl, `DROP DATABASE IF EXISTS ${TEMPLATE_DATABASE} WITH (FORCE)`)
  await onServer(serverUrl, `CREATE DATABASE ${TEMPLATE_DATABASE}`)
  const database = await openDatabase(databaseUrl(serverUrl, TEMPLATE_DATABASE))
  await database.close()
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

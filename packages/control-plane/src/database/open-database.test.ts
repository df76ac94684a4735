import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase } from '@dialtone/testkit'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { migrateToLatest } from './migrate.ts'
import { openDatabase } from './open-database.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dialtone-pglite-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it('the in-process engine makes its folder, its tables, and finds what was written when it is opened again', async () => {
  const url = `pglite:${join(folder, 'first', 'start')}`
  const database = await openDatabase(url)
  await database.sql.insertInto('platform_secret').values({ name: 'kept', value: 'yes' }).execute()
  expect([database.kind, await database.ping()]).toEqual(['pglite', true])
  await database.close()
  const again = await openDatabase(url)
  expect(await again.sql.selectFrom('platform_secret').selectAll().execute()).toEqual([{ name: 'kept', value: 'yes' }])
  await again.close()
})

it('a connection that breaks in the middle of a transaction fails that transaction and nothing else', async () => {
  const { database, drop } = await createTestDatabase()
  const broken = database.sql.transaction().execute(async (transaction) => {
    const { rows } = await sql<{ id: number }>`select pg_backend_pid() as id`.execute(transaction)
    await sql`select pg_terminate_backend(${rows[0]?.id})`.execute(database.sql)
    // The connection breaks while it is ours and no query runs on it: once the backend is gone its farewell is on the way to us.
    for (let alive = 1; alive > 0;) {
      const left = await sql<{ alive: number }>`select count(*)::int as alive from pg_stat_activity where pid = ${rows[0]?.id}`.execute(database.sql)
      alive = left.rows[0]?.alive ?? 0
    }
    await database.ping()
    await sql`select 1`.execute(transaction)
  })
  await expect(broken).rejects.toThrow(/terminat|not queryable|closed/i)
  expect(await database.ping()).toBe(true)
  await drop()
})

it('as many as there are connections, who each want another one, wait for each other a while and not for ever', async () => {
  const { url, drop } = await createTestDatabase()
  const database = await openDatabase(url, 200)
  const everybody = Array.from({ length: 16 }, () =>
    database.sql.transaction().execute(async (transaction) => {
      await sql`select 1`.execute(transaction)
      await database.sql.transaction().execute((another) => sql`select 1`.execute(another))
    }),
  )
  const outcomes = await Promise.allSettled(everybody)
  expect(outcomes.filter(({ status }) => status === 'rejected')).not.toEqual([])
  expect(await database.ping()).toBe(true)
  await database.close()
  await drop()
})

it('a database of a newer version is refused with what to do, and left as it is', async () => {
  const { database, drop } = await createTestDatabase()
  await sql`insert into kysely_migration (name, timestamp) values ('9999-what-comes', '2030-01-01')`.execute(database.sql)
  await expect(migrateToLatest(database.sql)).rejects.toThrow(
    'A newer version of Dialtone has used this database (9999-what-comes): start that version, or restore the backup from before the upgrade.',
  )
  await drop()
})

it('a database that has a later migration already gets an earlier one that landed after it', async () => {
  const { database, drop } = await createTestDatabase()
  await sql`drop table access_rule_use`.execute(database.sql)
  await sql`delete from kysely_migration where name = '0111-access-rule-uses'`.execute(database.sql)
  await migrateToLatest(database.sql)
  expect(await database.sql.selectFrom('access_rule_use').selectAll().execute()).toEqual([])
  await drop()
})

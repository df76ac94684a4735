import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
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
}, 60_000)

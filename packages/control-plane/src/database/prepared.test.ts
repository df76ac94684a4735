import { createTestDatabase } from '@dialtone/testkit'
import { sql as text } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from './open-database.ts'
import { prepared } from './prepared.ts'

let database: Database
let drop: () => Promise<void>

beforeAll(async () => {
  ;({ database, drop } = await createTestDatabase())
  await text`create table thing (id text primary key, place text not null)`.execute(database.sql)
  await text`insert into thing values ('1', 'here'), ('2', 'there')`.execute(database.sql)
})
afterAll(() => drop())

/** Not one of our tables: the statements under test read what a test may change. */
interface Thing {
  readonly id: string
  readonly place: string
}

const thingById = prepared((sql, { id, place }: { readonly id: string; readonly place: string }) => ({
  compile: () => text<Thing>`select * from thing where place = ${place} and id = ${id} and place <> ${'nowhere'}`.compile(sql),
}))

describe('a prepared statement', () => {
  it('gives each call its own values, in their places, on any connection', async () => {
    const asked = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? { id: '1', place: 'here' } : { id: '2', place: 'there' }))
    const rows = await Promise.all(asked.map((values) => thingById(database.sql, values)))
    expect(rows.map(([row]) => row)).toEqual(asked)
    expect(await thingById(database.sql, { id: '1', place: 'there' })).toEqual([])
  })

  it('sees inside a transaction what that changed, and nothing of it outside', async () => {
    const seen = await database.sql.transaction().execute(async (transaction) => {
      await text`insert into thing values ('3', 'new')`.execute(transaction)
      // The in-process engine has one connection only: nobody can look on from outside.
      const outside = database.kind === 'postgres' ? await thingById(database.sql, { id: '3', place: 'new' }) : []
      return { inside: await thingById(transaction, { id: '3', place: 'new' }), outside }
    })
    expect(seen).toEqual({ inside: [{ id: '3', place: 'new' }], outside: [] })
  })

  it('goes on when another node adds a column to the table while this one runs', async () => {
    await Promise.all(Array.from({ length: 20 }, () => thingById(database.sql, { id: '1', place: 'here' })))
    await text`alter table thing add column added integer not null default 7`.execute(database.sql)
    const rows = await Promise.all(Array.from({ length: 20 }, () => thingById(database.sql, { id: '1', place: 'here' })))
    expect(rows).toEqual(Array.from({ length: 20 }, () => [{ id: '1', place: 'here', added: 7 }]))
  })

  it('goes on when a connection has forgotten it, as behind a pooler that hands connections around', async () => {
    await Promise.all(Array.from({ length: 20 }, () => thingById(database.sql, { id: '1', place: 'here' })))
    await Promise.all(Array.from({ length: 20 }, () => text`deallocate all`.execute(database.sql)))
    const rows = await Promise.all(Array.from({ length: 20 }, () => thingById(database.sql, { id: '2', place: 'there' })))
    expect(rows.map(([row]) => row?.id)).toEqual(Array.from({ length: 20 }, () => '2'))
  })

  it('fails as any other statement does', async () => {
    const wrong = prepared((sql) => ({ compile: () => text<Thing>`select * from no_such_table`.compile(sql) }))
    await expect(wrong(database.sql, {})).rejects.toThrow(/no_such_table/)
  })
})

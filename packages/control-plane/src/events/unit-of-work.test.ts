import { err, ok } from '@dialtone/foundation'
import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SYSTEM_ACTOR } from '../access/index.ts'
import type { Context } from '../context.ts'
import { inConflict } from '../failures/index.ts'
import { afterCommit, inOneUnit, write } from './index.ts'

let platform: TestControlPlane
let done: string[]

beforeEach(async () => {
  platform = await startTestControlPlane()
  done = []
})
afterEach(() => platform.stop())

const setSecret = (context: Context, name: string, value = 'x') =>
  write(context, SYSTEM_ACTOR, async (change) => {
    await change.sql.insertInto('platform_secret').values({ name, value }).execute()
    change.emit({ type: `secret.${name}`, partitionId: platform.partitionId, accountId: undefined, data: {} })
    return ok(name)
  })
const SHOWN = { type: 'PARTITION', action: 'UPDATE', oldValue: { shown: 1 }, newValue: { shown: 1 } } as const
const announce = (context: Context, what: string) => afterCommit(context, () => void done.push(what))
async function names(): Promise<readonly string[]> {
  const rows = await platform.plane.context.database.sql.selectFrom('platform_secret').select('name').where('value', '=', 'x').orderBy('name').execute()
  return rows.map((row) => row.name)
}

describe('a unit of work', () => {
  it('commits all its changes together, and does what cannot be taken back afterwards', async () => {
    const { result, events } = await inOneUnit(platform.plane.context, async (context) => {
      await setSecret(context, 'one')
      await announce(context, 'one')
      expect(done).toEqual([])
      expect(await names()).toEqual([])
      return setSecret(context, 'two')
    })
    expect([result, events.map((event) => event.type), done]).toEqual([ok('two'), ['secret.one', 'secret.two'], ['one']])
    expect(await names()).toEqual(['one', 'two'])
  })

  it('takes everything back when it fails', async () => {
    const { result } = await inOneUnit(platform.plane.context, async (context) => {
      await setSecret(context, 'one')
      await announce(context, 'one')
      return err(inConflict('Nope', 'No.'))
    })
    expect([result.ok, done, await names()]).toEqual([false, [], []])
    const events = await platform.plane.context.database.sql.selectFrom('event_outbox').select('type').where('type', 'like', 'secret.%').execute()
    expect(events).toEqual([])
  })

  it('that is taken back answers as if it were done', async () => {
    const { result, events } = await inOneUnit(platform.plane.context, (context) => setSecret(context, 'one'), { isTakenBack: true })
    expect([result, events.length, await names()]).toEqual([ok('one'), 1, []])
  })

  it('tells of each change by itself: one that leaves a row as it is is none beside one that does not', async () => {
    const { partitionId } = platform
    const rename = (context: Context, name: string) =>
      write(context, SYSTEM_ACTOR, async (change) => {
        await change.sql.updateTable('partition').set({ name, updated_at: change.now }).where('id', '=', partitionId).execute()
        // As of a secret: the history of it shows no difference either way.
        const history = { ...SHOWN, referenceType: 'Partition', referenceId: partitionId, referenceName: '' } as const
        change.emit({ type: `partition.${name}`, partitionId, accountId: undefined, data: {}, history })
        return ok(name)
      })
    const { events } = await inOneUnit(platform.plane.context, async (context) => {
      await rename(context, 'first')
      await rename(context, 'second')
      return rename(context, 'second')
    })
    expect(events.map((event) => event.type)).toEqual(['partition.first', 'partition.second'])
  })

  it('goes on after one of its changes was refused by the database', async () => {
    const { result } = await inOneUnit(platform.plane.context, async (context) => {
      await setSecret(context, 'one')
      await expect(setSecret(context, 'one')).rejects.toThrow('duplicate key')
      return setSecret(context, 'two')
    })
    expect([result.ok, await names()]).toEqual([true, ['one', 'two']])
  })

  it('is not done a second time because of what comes after it', async () => {
    const deadlock = Object.assign(new Error('deadlock detected'), { code: '40P01' })
    let times = 0
    const doing = inOneUnit(platform.plane.context, async (context) => {
      await afterCommit(context, () => {
        throw deadlock
      })
      return setSecret(context, `time ${++times}`)
    })
    await expect(doing).rejects.toBe(deadlock)
    expect([times, await names()]).toEqual([1, ['time 1']])
  })

  it('inside another unit is part of that one', async () => {
    const { result } = await inOneUnit(platform.plane.context, async (context) => {
      await inOneUnit(context, (inner) => setSecret(inner, 'one'))
      return err(inConflict('Nope', 'No.'))
    })
    expect([result.ok, await names()]).toEqual([false, []])
  })
})

describe('changes that wait for each other', () => {
  /** Takes one row after the other; the first time only when the other change has its first one too. */
  const takeBoth = (context: Context, rows: readonly [string, string], meet: () => Promise<void>) =>
    write(context, SYSTEM_ACTOR, async ({ sql, emit }) => {
      emit({ type: `secret.${rows[0]}`, partitionId: platform.partitionId, accountId: undefined, data: {} })
      for (const name of rows) {
        await sql
          .updateTable('platform_secret')
          .set({ value: rows.join(' ') })
          .where('name', '=', name)
          .execute()
        if (name === rows[0]) await meet()
      }
      return ok(rows[0])
    })

  it.each(['by themselves', 'in a unit'])('%s: both are done in the end, and each tells it once', async (how) => {
    const { context } = platform.plane
    for (const name of ['one', 'two']) await setSecret(context, name)
    const both = Promise.withResolvers<void>()
    let waiting = 0
    const meet = async (): Promise<void> => {
      if (++waiting === 2) both.resolve()
      await both.promise
    }
    const take = async (rows: readonly [string, string]) =>
      how === 'in a unit' ? (await inOneUnit(context, (unit) => takeBoth(unit, rows, meet))).result : takeBoth(context, rows, meet)
    expect(await Promise.all([take(['one', 'two']), take(['two', 'one'])])).toEqual([ok('one'), ok('two')])
    const told = await context.database.sql.selectFrom('event_outbox').select('type').where('type', 'like', 'secret.%').execute()
    expect(told.map(({ type }) => type).toSorted()).toEqual(['secret.one', 'secret.one', 'secret.two', 'secret.two'])
  })
})

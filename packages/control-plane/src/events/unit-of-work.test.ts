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

  it('goes on after one of its changes was refused by the database', async () => {
    const { result } = await inOneUnit(platform.plane.context, async (context) => {
      await setSecret(context, 'one')
      await expect(setSecret(context, 'one')).rejects.toThrow('duplicate key')
      return setSecret(context, 'two')
    })
    expect([result.ok, await names()]).toEqual([true, ['one', 'two']])
  })

  it('inside another unit is part of that one', async () => {
    const { result } = await inOneUnit(platform.plane.context, async (context) => {
      await inOneUnit(context, (inner) => setSecret(inner, 'one'))
      return err(inConflict('Nope', 'No.'))
    })
    expect([result.ok, await names()]).toEqual([false, []])
  })
})

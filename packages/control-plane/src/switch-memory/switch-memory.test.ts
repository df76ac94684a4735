import { silentLogger } from '@dialtone/foundation'
import type { RememberedFact } from '@dialtone/softswitch'
import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createSwitchMemory, type DatabaseSwitchMemory } from './index.ts'

const DAY_MS = 86_400_000

let platform: TestControlPlane
let accountPath: string
let accountId: string

beforeAll(async () => {
  platform = await startTestControlPlane()
  const accounts = `/v2/partition/${platform.partitionId}/account`
  accountId = String((await platform.call('POST', accounts, { accountNumber: 'MEM-1', accountName: 'Memory' })).body['id'])
  accountPath = `${accounts}/${accountId}`
})
afterAll(() => platform.stop())
beforeEach(async () => {
  await platform.plane.context.database.sql.deleteFrom('switch_memory').execute()
})

const open = (laterMs = 0): DatabaseSwitchMemory =>
  createSwitchMemory({ database: platform.plane.context.database, logger: silentLogger, nowMs: () => platform.time.nowMs() + laterMs })

const called = (lineId: string, number: string): RememberedFact => ({
  kind: 'last-caller',
  key: lineId,
  accountId,
  value: { number, anonymous: false, sessionId: 'session', atMs: 1 },
})
const sort = (facts: readonly RememberedFact[]) => facts.toSorted((one, other) => one.key.localeCompare(other.key))

describe('what the switch remembers', () => {
  it('is found again by the next start: of one thing the last, of what was forgotten nothing', async () => {
    const memory = open()
    memory.save({ type: 'remember', fact: called('a', '2001') })
    memory.save({ type: 'remember', fact: called('a', '2002') })
    for (const key of ['b', 'c']) memory.save({ type: 'remember', fact: called(key, '2003') })
    memory.save({ type: 'forget', kind: 'last-caller', key: 'b' })
    await memory.flush()
    expect(sort(await open().load())).toEqual([called('a', '2002'), called('c', '2003')])
    memory.save({ type: 'remember', fact: called('a', '2004') })
    memory.save({ type: 'forget', kind: 'last-caller', key: 'c' })
    expect(await memory.load(), 'what waits is written before it is read').toEqual([called('a', '2004')])
  })

  it('thousands of changes are written in order, in batches', async () => {
    const memory = open()
    for (let line = 0; line < 1_200; line++) memory.save({ type: 'remember', fact: called(`line-${line}`, '2001') })
    await memory.flush()
    expect((await open().load()).length).toBe(1_200)
  })

  it('is forgotten after a month', async () => {
    const memory = open()
    memory.save({ type: 'remember', fact: called('a', '2001') })
    await memory.flush()
    expect((await open(30 * DAY_MS).load()).length).toBe(1)
    expect(await open(32 * DAY_MS).load()).toEqual([])
    expect(await open().load()).toEqual([])
  })

  it('what the database did not take waits for the next change', async () => {
    const { sql } = platform.plane.context.database
    const database = { ...platform.plane.context.database, sql }
    const memory = createSwitchMemory({ database, logger: silentLogger, nowMs: () => platform.time.nowMs() })
    database.sql = { transaction: () => ({ execute: () => Promise.reject(new Error('the database is away')) }) } as unknown as typeof sql
    memory.save({ type: 'remember', fact: called('a', '2001') })
    await memory.flush()
    database.sql = sql
    memory.save({ type: 'remember', fact: called('b', '2002') })
    await memory.flush()
    expect(sort(await open().load())).toEqual([called('a', '2001'), called('b', '2002')])
  })

  it('of an account that is deleted nothing is loaded', async () => {
    const memory = open()
    memory.save({ type: 'remember', fact: called('a', '2001') })
    await memory.flush()
    expect([200, 202, 204]).toContain((await platform.call('DELETE', accountPath)).status)
    expect(await open().load()).toEqual([])
  })
})

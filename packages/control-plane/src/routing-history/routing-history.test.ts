import { silentLogger } from '@dialtone/foundation'
import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDueRows } from '../due-work/index.ts'
import { createRoutingHistory, routingHistoryRetentionTask } from './index.ts'

let platform: TestControlPlane
let accountId: string
let path: string

beforeEach(async () => {
  platform = await startTestControlPlane()
  const body = { accountNumber: '1', accountName: 'One', extensionLength: 4 }
  accountId = String((await platform.call('POST', `/v2/partition/${platform.partitionId}/account`, body)).body['id'])
  path = `/v2/partition/${platform.partitionId}/account/${accountId}`
})
afterEach(() => platform.stop())

const now = (): Date => new Date(platform.time.nowMs())
const addUser = (extension: string) => platform.call('POST', `${path}/user`, { firstName: 'User', lastName: extension, extension })

async function extensionsAt(at: Date, history = platform.plane.context.routingHistory): Promise<readonly string[] | string> {
  const state = await history.stateAt(accountId, at)
  return typeof state === 'string' ? state : [...(state.snapshot?.userIdByExtension.keys() ?? [])]
}

describe('the routing of an account as it was', () => {
  it('is kept before each change, and found by a process that starts later', async () => {
    const times: Date[] = []
    for (const extension of ['4001', '4002', '4003']) {
      times.push(now())
      platform.time.advance(60_000)
      await addUser(extension)
    }
    const { database, sealer, clock } = platform.plane.context
    await platform.plane.context.routingHistory.settled()
    const later = await createRoutingHistory({ database, sealer, clock, logger: silentLogger })
    expect(await Promise.all(times.map((at) => extensionsAt(at, later)))).toEqual([[], ['4001'], ['4001', '4002']])
    expect(await extensionsAt(now(), later)).toBe('present')
  })

  it('loses what stood for less than two seconds, as in an import, and nothing else', async () => {
    const before = now()
    platform.time.advance(60_000)
    for (const extension of ['4001', '4002', '4003']) {
      await addUser(extension)
      platform.time.advance(500)
    }
    const after = now()
    platform.time.advance(60_000)
    await addUser('4004')
    expect(await extensionsAt(before)).toEqual([])
    expect(await extensionsAt(after)).toEqual(['4001', '4002', '4003'])
    expect(
      await platform.plane.context.database.sql.selectFrom('routing_state').select('valid_until').where('account_id', '=', accountId).execute(),
    ).toHaveLength(2)
  })

  it('says so where it did not stand long enough to be kept, and what came next: a state that is over, or the present one', async () => {
    const { database, sealer, clock, routingHistory } = platform.plane.context
    const cameNext = async (at: Date, history = routingHistory) => {
      const state = await history.stateAt(accountId, at)
      return typeof state === 'string' ? state : [state.snapshot?.userIdByExtension.size, state.cameNext, state.from?.toISOString()]
    }
    platform.time.advance(60_000)
    await addUser('4001')
    const [lost, since] = [now(), new Date(now().getTime() + 1_000)]
    platform.time.advance(500)
    await addUser('4002')
    platform.time.advance(500)
    await addUser('4003')
    const last = now()
    await routingHistory.settled()
    const later = await createRoutingHistory({ database, sealer, clock, logger: silentLogger })
    for (const history of [routingHistory, later]) {
      expect(await cameNext(lost, history)).toEqual([undefined, true, since.toISOString()])
      expect(await cameNext(last, history)).toBe('present')
      expect(await cameNext(new Date(lost.getTime() - 1), history)).toEqual([0, false, undefined])
    }
    platform.time.advance(60_000)
    await addUser('4004')
    expect(await cameNext(lost)).toEqual([3, true, since.toISOString()])
    expect(await cameNext(last)).toEqual([3, false, since.toISOString()])
  })

  it('is not stored when a change was none of the routing, and cannot be read in the database', async () => {
    platform.time.advance(60_000)
    const user = await addUser('4001')
    platform.time.advance(60_000)
    const changed = await platform.call('PATCH', `${path}/user/${String(user.body['id'])}`, { emailAddress: 'user@example.com' })
    expect(changed.status, JSON.stringify(changed.body)).toBe(200)
    await platform.plane.context.routingHistory.settled()
    const rows = await platform.plane.context.database.sql.selectFrom('routing_state').selectAll().where('account_id', '=', accountId).execute()
    expect(rows).toHaveLength(1)
    expect(() => platform.plane.context.sealer.open(rows[0]?.content_sealed ?? '', 'another account')).toThrow('authenticate')
  })

  it('is said to be unknown before there was the account, where states were too many, and in a way of writing that is no more', async () => {
    const { routingHistory, database } = platform.plane.context
    const made = now()
    expect(await extensionsAt(new Date(made.getTime() - 60_000))).toBe('unknown')
    for (const extension of ['4001', '4002', '4003']) {
      platform.time.advance(60_000)
      await addUser(extension)
    }
    await routingHistory.settled()
    const second = new Date(made.getTime() + 61_000)
    expect(await extensionsAt(second)).toEqual(['4001'])
    await database.sql
      .deleteFrom('routing_state')
      .where('valid_until', '<=', new Date(made.getTime() + 120_000))
      .execute()
    expect(await extensionsAt(second)).toBe('unknown')
    await database.sql.updateTable('routing_state').set({ format: 0 }).execute()
    expect(await extensionsAt(new Date(made.getTime() + 150_000))).toBe('unknown')
  })

  it('is forgotten after thirty days, and so is that it was ever known', async () => {
    const at = now()
    platform.time.advance(60_000)
    await addUser('4001')
    // It is stored beside the change: what comes after its forgetting would stay.
    await platform.plane.context.routingHistory.settled()
    platform.time.advance(31 * 86_400_000)
    await routingHistoryRetentionTask.run(platform.plane.context, createDueRows(platform.plane.context, 'routing history'))
    expect(await platform.plane.context.database.sql.selectFrom('routing_state').select('account_id').execute()).toEqual([])
    expect((await platform.plane.context.routingHistory.keptSince()) > at).toBe(true)
  })
})

import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemPartition } from '../src/access/index.ts'
import { type JobWorker, startJob } from '../src/jobs/index.ts'
import { fillInventory, sandboxInventory } from '../src/telephone-numbers/index.ts'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

let platform: TestControlPlane
let partition: string
const done: string[] = []
const worker: JobWorker = {
  name: 'test-clock',
  run: (_context, job) => {
    done.push(job.id)
    return Promise.resolve({ status: 'DONE' })
  },
}

beforeAll(async () => {
  platform = await startTestControlPlane({ furtherJobWorkers: [worker], rateLimitPerSecond: 50 })
  partition = `/v2/partition/${platform.partitionId}`
  const numbers = sandboxInventory().slice(0, 20)
  await fillInventory(platform.plane.context.database, {
    ...{ partitionId: platform.partitionId, carrierId: 'sandbox', now: new Date(platform.time.nowMs()), numbers },
  })
})
afterAll(() => platform.stop())

const dueWork = () => platform.plane.context.dueWork.runNow()
const database = () => platform.plane.context.database.sql

async function newAccount(accountNumber: string): Promise<string> {
  return String((await platform.call('POST', `${partition}/account`, { accountNumber, accountName: accountNumber })).body['id'])
}

describe('a clock that is set back by a day', () => {
  it('S1-72: breaks no hold of a number, and prolongs none: it ends after thirty minutes', async () => {
    const [mine, theirs] = [await newAccount('C-1'), await newAccount('C-2')]
    const row = await database().selectFrom('telephone_number').select('phone_number').where('account_id', 'is', null).executeTakeFirstOrThrow()
    const reserve = async (accountId: string) =>
      (await platform.call('PUT', `${partition}/account/${accountId}/telephonenumber/${row.phone_number}/reserve`)).status
    expect(await reserve(mine)).toBe(204)
    platform.time.advance(-DAY_MS)
    await dueWork()
    expect(await reserve(theirs)).toBe(400)
    platform.time.advance(29 * MINUTE_MS)
    await dueWork()
    expect(await reserve(theirs)).toBe(400)
    platform.time.advance(MINUTE_MS)
    expect(await reserve(theirs)).toBe(204)
  })

  it('S0-89: the job of a node that died goes on when its lease would have run out', async () => {
    const scope = systemPartition(platform.partitionId)
    const info = await platform.call('GET', '/v2/authorize/userinfo')
    const operator = { userId: String(info.body['userId']), userType: 'ManagementUser' as const, username: 'operator', partitionId: platform.partitionId, visiblePartitionIds: [platform.partitionId], accountId: undefined, permissions: {} } // prettier-ignore
    const started = await startJob(platform.plane.context, operator, scope, { name: 'Left', work: 'nobody does this' })
    const id = started.ok ? started.value.id : ''
    const left = { worker: worker.name, status: 'IN_PROGRESS', lease_id: 'a node that died', lease_until: new Date(platform.time.nowMs() + 15_000) } as const
    await database().updateTable('job').set(left).where('id', '=', id).execute()
    // Nobody is on his way with the time of before.
    await platform.plane.jobsDone()
    platform.time.advance(-DAY_MS)
    await dueWork()
    await platform.plane.jobsDone()
    expect(done).toEqual([])
    platform.time.advance(15_000)
    await platform.plane.jobsDone()
    expect(done).toEqual([id])
  })

  it('nobody is refused for having asked too often, or logged out', async () => {
    platform.time.advance(-DAY_MS)
    expect((await platform.call('GET', '/v2/authorize/userinfo')).status).toBe(200)
    const [token] = await database().selectFrom('session_token').select('last_used_at').execute()
    expect(token?.last_used_at.getTime()).toBe(platform.time.nowMs())
  })
})

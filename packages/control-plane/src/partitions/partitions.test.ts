import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let partition: string

beforeAll(async () => {
  platform = await startTestControlPlane()
  partition = `/v2/partition/${platform.partitionId}`
})
afterAll(() => platform.stop())

const manager = { username: 'brand@example.com', password: 'Another-horse-2', firstName: 'Brand', lastName: 'Operator' }

describe('a sub-partition', () => {
  it('S1-11: has its own id and the defaults it was created with, and its parent lists it', async () => {
    const { status, body } = await platform.call('POST', `${partition}/partition`, { name: 'Brand', defaultTimeZone: 'US/Eastern', defaultExtensionLength: 3 })
    expect([status, body]).toMatchObject([200, { name: 'Brand', parentId: platform.partitionId, defaultTimeZone: 'US/Eastern', defaultExtensionLength: 3 }])
    expect(body['id']).not.toBe(platform.partitionId)
    expect((await platform.call('GET', partition)).body['subPartitionIds']).toContain(body['id'])
  })

  it('S1-56: has a default calling plan from the start, so that a new user has minutes', async () => {
    const child = await platform.call('POST', `${partition}/partition`, { name: 'Brand with users' })
    platform.time.advance(3_000)
    const base = `/v2/partition/${String(child.body['id'])}`
    expect((await platform.call('GET', `${base}/callingplanproduct`)).list).toMatchObject([{ name: 'Standard', planMinutes: 20_000, defaultPlan: true }])
    const account = await platform.call('POST', `${base}/account`, { accountNumber: 'B-1', accountName: 'First customer' })
    const user = await platform.call('POST', `${base}/account/${String(account.body['id'])}/user`, { firstName: 'Ann', lastName: 'First', extension: '4000' })
    expect(user.body['callingPlans'], JSON.stringify(user.body)).toMatchObject([{ planMinutes: 20_000, secondsRemaining: 1_200_000 }])
  })

  it('a taken user name of its operator leaves nothing behind', async () => {
    expect((await platform.call('POST', `${partition}/partition`, { name: 'First', manager })).status).toBe(200)
    const before = (await platform.call('GET', partition)).body['subPartitionIds']
    expect((await platform.call('POST', `${partition}/partition`, { name: 'Second', manager })).body['errorCode']).toBe('DuplicateUsername')
    expect((await platform.call('GET', partition)).body['subPartitionIds']).toEqual(before)
  })

  it('an operator with a password against the policy is refused', async () => {
    const weak = { ...manager, username: 'weak@example.com', password: 'short' }
    expect((await platform.call('POST', `${partition}/partition`, { name: 'Weak', manager: weak })).body['errorCode']).toBe('InvalidPassword')
  })
})

import { OPERATOR, startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureDemoAccount, firstStart } from './index.ts'

let platform: TestControlPlane

beforeEach(async () => {
  platform = await startTestControlPlane()
})
afterEach(() => platform.stop())

describe('the first start', () => {
  it('twice gives the same partition and operator, and no second password', async () => {
    const { database } = platform.plane.context
    const again = await firstStart({
      database,
      now: new Date(platform.time.nowMs()),
      environment: 'development',
      partitionId: 'another',
      username: 'other@example.com',
      password: 'Another-horse-2',
    })
    expect(again).toEqual({ partitionId: platform.partitionId, username: OPERATOR.username, password: undefined })
    expect((await database.sql.selectFrom('partition').select('id').execute()).map((row) => row.id)).toEqual([platform.partitionId])
    expect((await platform.logIn('other@example.com', 'Another-horse-2')).status).toBe(401)
    expect((await platform.logIn(OPERATOR.username, OPERATOR.password)).status).toBe(200)
  })

  it('leaves a default calling plan, once', async () => {
    expect((await platform.call('GET', `/v2/partition/${platform.partitionId}/callingplanproduct`)).list).toMatchObject([
      { name: 'Standard', planMinutes: 20_000, defaultPlan: true },
    ])
  })
})

describe('the demo account', () => {
  it('comes once, with two phones whose credentials the switch knows; a second start shows the same', async () => {
    const logins = await ensureDemoAccount(platform.plane.context, platform.partitionId)
    expect(logins.map((login) => [login.extension, login.sipUsername])).toEqual([
      ['2001', 'demo-2001'],
      ['2002', 'demo-2002'],
    ])
    for (const login of logins) {
      expect(login.sipPassword.length).toBeGreaterThanOrEqual(8)
      expect(platform.plane.view.credentialsOf(login.sipUsername)).toBeDefined()
    }
    expect(await ensureDemoAccount(platform.plane.context, platform.partitionId)).toEqual(logins)
    expect((await platform.call('GET', `/v2/partition/${platform.partitionId}/account`)).list).toMatchObject([{ accountNumber: 'DEMO', endUserCount: 2 }])
  })

  it('does not come to a partition that has an account', async () => {
    await platform.call('POST', `/v2/partition/${platform.partitionId}/account`, { accountNumber: 'real', accountName: 'A customer' })
    expect(await ensureDemoAccount(platform.plane.context, platform.partitionId)).toEqual([])
    expect((await platform.call('GET', `/v2/partition/${platform.partitionId}/account`)).list).toHaveLength(1)
  })
})

import { addNumberTo, startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let platform: TestControlPlane

beforeEach(async () => {
  platform = await startTestControlPlane()
})
afterEach(() => platform.stop())

describe('the numbers of an account', () => {
  it('come in the order in which they came into service, for the first calls back (S0-78); those that are not in service come last', async () => {
    const body = { accountNumber: '1', accountName: 'One', extensionLength: 4 }
    const accountId = String((await platform.call('POST', `/v2/partition/${platform.partitionId}/account`, body)).body['id'])
    const [first, second, third] = [await addNumberTo(platform, accountId, 101), await addNumberTo(platform, accountId, 102), await addNumberTo(platform, accountId, 103)] // prettier-ignore
    const { sql } = platform.plane.context.database
    const cameAt = async (number: string, activatedAt: Date | null): Promise<unknown> =>
      sql.updateTable('telephone_number').set({ activated_at: activatedAt }).where('phone_number', '=', number).execute()
    await cameAt(third, new Date(platform.time.nowMs() - 60_000))
    await cameAt(first, null)
    const path = `/v2/partition/${platform.partitionId}/account/${accountId}`
    expect((await platform.call('PATCH', path, { accountName: 'Read again' })).status).toBe(200)
    expect([...(platform.plane.view.snapshotOf(accountId)?.numbers.keys() ?? [])]).toEqual([third, second, first])
  })
})

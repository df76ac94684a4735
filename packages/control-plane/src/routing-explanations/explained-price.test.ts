import { type CallRecord, explainCall } from '@dialtone/softswitch'
import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { storeCallRecords } from '../call-records/index.ts'
import { NO_SWITCH } from '../no-switch.ts'
import { fillInventory } from '../telephone-numbers/index.ts'

const OUTSIDE = '12125550199'
const TOLL_FREE = '18005550142'

let platform: TestControlPlane
let partition: string
let accountId: string
let account: string
let user: { readonly userId: string; readonly lineId: string }

beforeAll(async () => {
  platform = await startTestControlPlane({
    calls: { ...NO_SWITCH, explain: async (question) => explainCall({ directory: platform.plane.view, bindingsOf: () => [], occupancy: {} }, question) },
  })
  partition = `/v2/partition/${platform.partitionId}`
  accountId = await made(`${partition}/account`, { accountNumber: 'PRICE-1', accountName: 'Priced' })
  account = `${partition}/account/${accountId}`
  const userId = await made(`${account}/user`, { firstName: 'Ann', lastName: 'Price', extension: '4000' })
  const line = { userId, deviceName: 'Line', deviceTypeId: 'SPA112', lineNumber: 1, macAddress: '020000000001' }
  user = { userId, lineId: await made(`${account}/deviceline`, line) }
  await made(`${account}/carrier-trunk`, { name: 'Carrier', address: '192.0.2.10', port: 5060, keepAliveSeconds: 0 })
})
afterAll(() => platform.stop())

async function made(path: string, body: object): Promise<string> {
  const answer = await platform.call('POST', path, body)
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300)
  return String(answer.body['id'])
}

const price = async (from: string, to: string) => (await platform.call('POST', `${partition}/routing/explain`, { from, to, accountId })).body['price']

/** A call that was made, and how the platform has charged it. */
async function charged(call: Partial<CallRecord>, seconds: number): Promise<Record<string, unknown> | undefined> {
  const startedAtMs = platform.time.nowMs()
  const record: CallRecord = {
    ...{ id: crypto.randomUUID(), sessionId: crypto.randomUUID(), partitionId: platform.partitionId, accountId, legType: 'Origination' },
    ...{ direction: 'OUTBOUND', startedAtMs, ringingAtMs: startedAtMs, answeredAtMs: startedAtMs, endedAtMs: startedAtMs + seconds * 1_000 },
    ...{ dialedNumber: OUTSIDE, callingNumber: '18015550100', callingName: '', calledNumber: OUTSIDE, callingUserId: user.userId },
    ...{ origCategory: 'OnNet', termCategory: 'OffNet', disposition: 'ANSWERED', hangupBy: 'caller', sipStatusCode: 200, sipCallIds: ['a'] },
    ...call,
  }
  await storeCallRecords(platform.plane.context, [record])
  await platform.plane.settled()
  const { body } = await platform.call('GET', `${account}/cdrsearch?startDate=2026-11-21&endDate=2026-11-21`)
  return (body['results'] as Record<string, unknown>[]).find(({ id }) => id === record.id)
}

describe('the price that is explained is what the call is charged', () => {
  it('where less than a minute of a plan without overage is left: of as long as the call may last', async () => {
    const product = await made(`${partition}/callingplanproduct`, { name: 'A minute and a half', planMinutes: 2, allowOverage: false })
    expect((await platform.call('PUT', `${account}/user/${user.userId}/callingplanproduct/${product}`)).status).toBe(200)
    expect(await price(user.lineId, OUTSIDE)).toMatchObject({ answeredSeconds: 60, rateType: 'OnPlanMinutes', inPlan: true, cost: 0 })
    expect(await charged({}, 84)).toMatchObject({ rateType: 'OnPlanMinutes' })
    const explained = await price(user.lineId, OUTSIDE)
    expect(explained).toMatchObject({ answeredSeconds: 36, rateType: 'OnPlanMinutes', inPlan: true, cost: 0 })
    expect(await charged({}, 36)).toMatchObject({ rateType: 'OnPlanMinutes', inPlan: true, cost: 0 })
    expect(await price(user.lineId, OUTSIDE)).toBeUndefined()
  })

  it('where the called account pays: a toll-free number with a plan for calls that come in', async () => {
    const now = new Date(platform.time.nowMs())
    const place = { rateCenter: '', rateCenterReorderName: '', state: '', country: 'USA', prefix: '1800555', lata: '', latitude: 0, longitude: 0 }
    const numbers = [{ phoneNumber: TOLL_FREE, functionType: 'TollFree', ...place } as const]
    await fillInventory(platform.plane.context.database, { partitionId: platform.partitionId, carrierId: 'carrier-1', now, numbers })
    const where = { streetNumber: '333', streetName: '520', city: 'Lindon', state: 'UT', postalCode: '84042', country: 'USA', firstName: 'A', lastName: 'L' }
    const customerServiceRecord = { customerType: 'RESIDENTIAL', customerName: 'LEE', ...where }
    const telephoneNumbers = [{ phoneNumber: TOLL_FREE, functionType: 'TollFree', referenceType: 'END_USER', referenceId: user.userId }]
    const added = await platform.call('POST', `${account}/telephonenumber`, { customerServiceRecord, directoryListing: { listed: false }, telephoneNumbers })
    expect(added.status, JSON.stringify(added.body)).toBe(200)
    expect(await price(OUTSIDE, TOLL_FREE)).toBeUndefined()
    const [plan] = (await platform.call('GET', `${partition}/inboundrateplanproduct`)).list
    expect((await platform.call('PATCH', account, { inboundRatePlanProductId: plan?.['id'] })).status).toBe(200)
    const inbound = { direction: 'INBOUND', legType: 'Termination', origCategory: 'OffNet', termCategory: 'OnNet', callingUserId: undefined } as const
    const real = await charged({ ...inbound, callingNumber: OUTSIDE, dialedNumber: TOLL_FREE, calledNumber: TOLL_FREE, calledUserId: user.userId }, 60)
    const told = { rateType: 'TollFree', ratePerMinute: 0.03, cost: 0.03 }
    expect(real).toMatchObject(told)
    expect(await price(OUTSIDE, TOLL_FREE)).toMatchObject({ ...told, answeredSeconds: 60, paidBy: { accountId } })
  })
})

import { addNumberTo, startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let planId: string
let sequence = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
  planId = String((await platform.call('GET', `/v2/partition/${platform.partitionId}/callingplanproduct`)).list[0]?.['id'])
})
afterAll(() => platform.stop())

async function newAccount(): Promise<{ id: string; base: string }> {
  const accounts = `/v2/partition/${platform.partitionId}/account`
  const created = await platform.call('POST', accounts, { accountNumber: `CMP-${++sequence}`, accountName: 'Elevators' })
  return { id: String(created.body['id']), base: `${accounts}/${String(created.body['id'])}` }
}

async function made(path: string, body: object): Promise<string> {
  const answer = await platform.call('POST', path, body)
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300)
  return String(answer.body['id'])
}

const table = () => platform.plane.context.database.sql.updateTable('telephone_number')
const LOCATED = { e911_address: JSON.stringify({ streetNumber: '1', streetName: 'Main', city: 'Lindon', state: 'UT' }), e911_registered: true }

/** A number with an address help can be sent to. */
async function locatedNumber(accountId: string): Promise<string> {
  const number = await addNumberTo(platform, accountId, ++sequence)
  await table().set(LOCATED).where('phone_number', '=', number).execute()
  return number
}

async function lineOf(base: string, extension: string): Promise<{ userId: string; lineId: string }> {
  const userId = await made(`${base}/user`, { firstName: 'User', lastName: extension, extension, userProductPlan: 'STANDARD', timeZone: 'US/Mountain' })
  const macAddress = (++sequence).toString(16).padStart(12, 'd')
  return { userId, lineId: await made(`${base}/deviceline`, { userId, deviceName: 'Desk', deviceTypeId: 'SPA112', lineNumber: 1, macAddress }) }
}

const reasonsAt = async (base: string) => {
  const { body } = await platform.call('GET', `${base}/emergency/compliance`)
  const endpoints = body['endpoints'] as readonly Record<string, unknown>[]
  return { endpoints, reasons: Object.fromEntries(endpoints.map((each) => [String(each['endpointId']), each['reasons']])), body }
}

describe('GET emergency/compliance (47 CFR 9.16(b)(3))', () => {
  it('S0-78: names lines and trunks of every kind without a callback number or a location, and why', async () => {
    const { id, base } = await newAccount()
    const bare = await addNumberTo(platform, id, ++sequence)
    const line = await lineOf(base, '4000')
    const businessLine = await made(`${base}/business-line`, { name: 'Lobby' })
    const trunk = await made(`${base}/siptrunk_2`, { trunkName: 'PBX', concurrentCalls: 1, sipUsername: `pbx-${id.slice(0, 8)}`, sipPassword: 'secret-1', localServicesEnabled: true }) // prettier-ignore
    const specialty = await made(`${base}/specialty-line`, { callerId: bare, callingPlanIds: [planId], e911CallbackNumber: bare, name: 'Car 1' })
    const { endpoints, reasons, body } = await reasonsAt(base)
    expect(reasons).toEqual({
      [line.lineId]: ['NoCallbackNumber', 'NoLocation'],
      [businessLine]: ['NoCallbackNumber', 'NoLocation'],
      [trunk]: ['NoCallbackNumber', 'NoLocation'],
      [specialty]: ['NoLocation'],
    })
    expect(body).toMatchObject({ totalRecords: 4, endpointCount: 4, limit: 100, offset: 0 })
    expect(endpoints.find((each) => each['endpointId'] === specialty)).toMatchObject({ accountId: id, endpointType: 'SPECIALTY_LINE', name: 'Car 1', callbackNumber: bare }) // prettier-ignore
    expect(endpoints.find((each) => each['endpointId'] === line.lineId)).toMatchObject({ endpointType: 'LINE_APPEARANCE', userId: line.userId })
  })

  it('no longer names a line whose own number, user or reference has a registered address', async () => {
    const { id, base } = await newAccount()
    const own = await lineOf(base, '4000')
    const byUser = await lineOf(base, '4001')
    const byReference = await lineOf(base, '4002')
    const numbers = [await locatedNumber(id), await locatedNumber(id), await locatedNumber(id)]
    expect((await platform.call('PATCH', `${base}/deviceline/${own.lineId}`, { emergencyNumber: numbers[0] })).status).toBe(200)
    const assign = (number: string | undefined, userId: string, assignAsCallerId: boolean) =>
      platform.call('PATCH', `${base}/telephonenumber/${number}`, { referenceType: 'END_USER', referenceId: userId, assignAsCallerId })
    expect((await assign(numbers[1], byUser.userId, true)).status).toBe(200)
    expect((await assign(numbers[2], byReference.userId, false)).status).toBe(200)
    expect((await reasonsAt(base)).body).toMatchObject({ endpoints: [], totalRecords: 0, endpointCount: 3 })
  })

  it.each([
    ['CallbackNumberNotInService', { operational_status: 'STAGED' }],
    ['CallbackNumberNotInService', { carrier_status: 'PENDING' }],
    ['CallbackNumberNotOnAccount', { account_id: null, ...{ e911_address: null, e911_registered: false } }],
    ['LocationNotRegistered', { e911_registered: false }],
    ['NoLocation', { e911_address: null, e911_registered: false }],
  ])('says %s', async (reason, change) => {
    const { id, base } = await newAccount()
    const line = await lineOf(base, '4000')
    const number = await locatedNumber(id)
    expect((await platform.call('PATCH', `${base}/deviceline/${line.lineId}`, { emergencyNumber: number })).status).toBe(200)
    await table().set(change).where('phone_number', '=', number).execute()
    expect((await reasonsAt(base)).reasons[line.lineId]).toContain(reason)
  })

  it('covers the whole partition, a page at a time, each endpoint once', async () => {
    const partition = `/v2/partition/${platform.partitionId}`
    const all = (await platform.call('GET', `${partition}/emergency/compliance?limit=1000`)).body
    const total = Number(all['totalRecords'])
    expect(total).toBeGreaterThan(8)
    const ids: string[] = []
    for (let offset = 0; offset < total; offset += 3) {
      const page = (await platform.call('GET', `${partition}/emergency/compliance?limit=3&offset=${offset}`)).body
      ids.push(...(page['endpoints'] as readonly Record<string, unknown>[]).map((each) => String(each['endpointId'])))
    }
    expect(ids).toEqual((all['endpoints'] as readonly Record<string, unknown>[]).map((each) => String(each['endpointId'])))
    expect(new Set(ids).size).toBe(total)
  })
})

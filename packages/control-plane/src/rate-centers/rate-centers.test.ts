import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fillInventory, sandboxInventory } from '../telephone-numbers/index.ts'

let platform: TestControlPlane
let partition: string

beforeAll(async () => {
  platform = await startTestControlPlane()
  partition = `/v2/partition/${platform.partitionId}`
  const now = new Date(platform.time.nowMs())
  await fillInventory(platform.plane.context.database, { partitionId: platform.partitionId, carrierId: 'sandbox', now, numbers: sandboxInventory() })
})
afterAll(() => platform.stop())

const call = (method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown) => platform.call(method, `${partition}/ratecenter${path}`, body)
const raw = (method: 'GET' | 'POST', path: string, file?: string) => {
  const headers = { 'x-auth-token': platform.token, ...(file === undefined ? {} : { 'content-type': 'text/csv' }) }
  return platform.plane.http.inject({ method, url: `${partition}/ratecenter${path}`, headers, ...(file === undefined ? {} : { payload: file }) })
}

describe('rate centers', () => {
  it('are known by a number, in any spelling', async () => {
    expect((await call('GET', '/+1 (801) 785-1234')).body).toMatchObject({
      prefix: '1801785',
      name: 'PLEASANT GROVE',
      state: 'UT',
      country: 'USA',
      wireless: false,
      portable: true,
      serviceAvailable: true,
    })
    expect((await call('GET', '/18005551234')).body).toMatchObject({ name: 'TOLLFREE', zips: [] })
    expect((await call('GET', '/123')).status).toBe(400)
  })

  it('have a free number, by name or nearest to a point, with the distance in the unit asked for', async () => {
    expect((await call('GET', '/tnsearch?searchterm=BINGHAMTON, NY')).body).toMatchObject({ rateCenter: 'BINGHAMTON', state: 'NY' })
    const at = async (unit: string) => (await call('GET', `/tnsearch?latitude=40.332492&longitude=-111.728167&distanceunit=${unit}`)).body
    const miles = await at('miles')
    expect(miles).toMatchObject({ rateCenter: 'PLEASANT GROVE' })
    expect(Number((await at('KILOMETERS'))['distance'])).toBeCloseTo(Number(miles['distance']) * 1.609344, 3)
    expect((await at('furlongs'))['errorCode']).toBe('InvalidDistanceunit')
    expect((await call('GET', '/tnsearch?searchterm=NOWHERE')).status).toBe(404)
  })

  it('C-26: a number is available, reserved, or on an account', async () => {
    const item = `${partition}/telephonenumber/18017690817`
    expect((await platform.call('GET', `${item}/availability`)).body).toMatchObject({ name: 'PLEASANT GROVE', state: 'UT', available: true, reserved: false })
    await platform.call('PUT', `${item}/reserve`)
    expect((await platform.call('GET', `${item}/availability`)).body).toMatchObject({ available: false, reserved: true })
  })

  it('that are supported are listed by distance', async () => {
    const near = (query: string) => platform.call('GET', `/v2/supported-rate-centers?${query}`)
    const { list } = await near('latitude=40.33&longitude=-111.72&state=Utah')
    expect(list).toHaveLength(5)
    expect(list.every((center) => center['state'] === 'UT')).toBe(true)
    const distances = list.map((center) => Number(center['distance']))
    expect(distances).toEqual(distances.toSorted((a, b) => a - b))
    expect((await near('latitude=40.33')).body['errorCode']).toBe('LatitudeRequired')
    expect((await near('latitude=40.33&longitude=-111.72&maxResults=1000')).status).toBe(400)
  })
})

describe('the plan of the stock', () => {
  const PLAN = 'RateCenter,State,MinimumStock,ReorderQuantity\r\nSYRACUSE,NY,57,100\r\n'

  it('is replaced by a file as a whole, or not at all', async () => {
    expect((await raw('POST', '/inventoryplan', PLAN)).json()).toEqual([])
    const bad = await raw('POST', '/inventoryplan', `${PLAN}NOWHERE,ZZ,1,1\r\n`)
    expect([bad.statusCode, bad.json()]).toMatchObject([201, [{ lineNumber: 3, column: 'State', error: 'InvalidState' }]])
    expect((await raw('GET', '/inventoryplan')).body).toBe(PLAN)
  })

  it('goes out in the background too', async () => {
    const job = await call('GET', '/inventoryplan_2')
    expect(job.status).toBe(202)
    await platform.plane.jobsDone()
    const output = await platform.plane.http.inject({
      method: 'GET',
      url: `/v2/job/${String(job.body['id'])}/output`,
      headers: { 'x-auth-token': platform.token },
    })
    expect(output.body).toBe(PLAN)
  })

  it('those who reorder are told when the stock falls below the minimum', async () => {
    expect((await call('PUT', '/reordernotification', ['not an address'])).body['errorCode']).toBe('InvalidEmailAddress')
    expect((await call('PUT', '/reordernotification', ['stock@example.com'])).body).toEqual(['stock@example.com'])
    expect((await call('GET', '/reordernotification')).list).toEqual(['stock@example.com'])
    const stock = sandboxInventory().filter((number) => number.rateCenter === 'SYRACUSE').map((number) => number.phoneNumber) // prettier-ignore
    await raw('POST', '/inventoryplan', `RateCenter,State,MinimumStock,ReorderQuantity\nSYRACUSE,NY,${stock.length},25\n`)
    const account = await platform.call('POST', `${partition}/account`, { accountNumber: 'R-1', accountName: 'Reorder' })
    await platform.call('POST', `${partition}/telephone-number/order`, { telephoneNumbers: stock.slice(0, 1), accountId: account.body['id'] })
    await platform.plane.settled()
    const messages = await platform.plane.context.database.sql.selectFrom('outgoing_message').selectAll().where('recipient', '=', 'stock@example.com').execute()
    expect(messages).toMatchObject([{ subject: 'Numbers of SYRACUSE, NY run low', body: expect.stringContaining('Order 25') as string }])
  })
})

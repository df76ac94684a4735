import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fillInventory } from '../telephone-numbers/index.ts'

let platform: TestControlPlane
let account: { id: string; base: string }
let sequence = 0

const CUSTOMER = { customerType: 'RESIDENTIAL', firstName: 'John', lastName: 'Smith', customerName: 'Smith John', streetNumber: '333', preDirectional: 'S', streetName: '520', postDirectional: 'W', city: 'Lindon', state: 'UT', country: 'USA', postalCode: '84042' } // prettier-ignore

beforeAll(async () => {
  platform = await startTestControlPlane()
  const place = {
    functionType: 'ELS',
    rateCenter: 'LEHI',
    rateCenterReorderName: 'LEHI',
    state: 'UT',
    country: 'USA',
    prefix: '1801769',
    lata: '660',
    latitude: 40.4,
    longitude: -111.8,
  }
  const numbers = Array.from({ length: 20 }, (_, index) => ({ phoneNumber: `1801769${1000 + index}`, ...place }))
  await fillInventory(platform.plane.context.database, {
    partitionId: platform.partitionId,
    carrierId: 'carrier-1',
    now: new Date(platform.time.nowMs()),
    numbers,
  })
})
afterAll(() => platform.stop())
beforeEach(async () => {
  const accounts = `/v2/partition/${platform.partitionId}/account`
  const id = String((await platform.call('POST', accounts, { accountNumber: `H-${sequence}`, accountName: 'Held' })).body['id'])
  account = { id, base: `${accounts}/${id}` }
})

async function held(): Promise<string> {
  const phoneNumber = `1801769${1000 + sequence++}`
  const body = { customerServiceRecord: CUSTOMER, directoryListing: { listed: false }, telephoneNumbers: [{ phoneNumber }], holdActivation: true }
  expect((await platform.call('POST', `${account.base}/telephonenumber`, body)).status).toBe(200)
  return phoneNumber
}

const eventOf = (number: string) => `${account.base}/reference/${number}/type/ACTIVATION`
const search = (query = '') => platform.call('GET', `/v2/partition/${platform.partitionId}/telephonenumber/statussearch${query}`)

describe('what was held', () => {
  it('is released with IN_PROGRESS: the number is active, and its event says how it came to be', async () => {
    const number = await held()
    expect((await platform.call('GET', eventOf(number))).body).toMatchObject({
      activationStatusType: 'ON_HOLD',
      referenceType: 'TELEPHONE',
      mainTelephoneNumber: number,
    })
    const released = await platform.call('PUT', eventOf(number), { activationStatusType: 'IN_PROGRESS' })
    expect(released.body).toMatchObject({ activationStatusType: 'COMPLETED' })
    expect((await platform.call('GET', `${account.base}/telephonenumber/${number}`)).body['carrierStatus']).toBe('ACTIVE')
    expect((await platform.call('PUT', eventOf(number), { activationStatusType: 'CANCELLED' })).body['errorCode']).toBe('ActivationNotOnHold')
  })

  it('is given up with CANCELLED: the number is back in the inventory', async () => {
    const number = await held()
    expect((await platform.call('PUT', eventOf(number), { activationStatusType: 'CANCELLED' })).body).toMatchObject({ activationStatusType: 'CANCELLED' })
    expect((await platform.call('GET', `${account.base}/telephonenumber/${number}`)).status).toBe(404)
  })

  it('a held port goes to the other carrier when it is released', async () => {
    const number = `1607555${2000 + sequence++}`
    const body = { customerServiceRecord: CUSTOMER, telephoneNumbers: [{ phoneNumber: number }], port: { portNow: true }, holdActivation: true }
    const port = (await platform.call('POST', `${account.base}/telephonenumber`, body)).body['port'] as Record<string, unknown>
    expect(port['status']).toBe('ACTIVATION_ON_HOLD')
    const path = `${account.base}/reference/${String(port['id'])}/type/PORT_REQUEST`
    expect((await platform.call('PUT', path, { activationStatusType: 'IN_PROGRESS' })).body).toMatchObject({ activationStatusType: 'PENDING' })
    expect((await platform.call('PUT', path, { activationStatusType: 'IN_PROGRESS' })).body['errorCode']).toBe('PortNotOnHold')
    expect((await platform.call('PUT', path, { activationStatusType: 'CANCELLED' })).body).toMatchObject({ activationStatusType: 'CANCELLED' })
  })

  it('other states, other kinds and numbers of others are refused', async () => {
    const number = await held()
    expect((await platform.call('PUT', eventOf(number), { activationStatusType: 'COMPLETED' })).body['errorCode']).toBe('InvalidActivationStatusType')
    expect((await platform.call('PUT', eventOf(number).replace('ACTIVATION', 'DISCONNECT'), { activationStatusType: 'CANCELLED' })).status).toBe(400)
    expect((await platform.call('GET', eventOf(number).replace('ACTIVATION', 'MAGIC'))).status).toBe(400)
    expect((await platform.call('GET', eventOf('18015550000'))).body).toMatchObject({ status: 404, data: { type: 'ServiceActivationEvent' } })
  })
})

describe('GET telephonenumber/statussearch', () => {
  it('finds by number, kind, state, account and day, newest first, in pages', async () => {
    const [first, second] = [await held(), await held()]
    expect((await search(`?accountId=${account.id}&statusType=ON_HOLD`)).body).toMatchObject({
      totalRecords: 2,
      results: [{ mainTelephoneNumber: second }, { mainTelephoneNumber: first }],
    })
    expect((await search(`?telephoneNumber=${first}&eventType=ACTIVATION&eventType=DISCONNECT`)).body['totalRecords']).toBe(1)
    expect((await search(`?accountId=${account.id}&eventType=PORT_REQUEST,DISCONNECT`)).body['totalRecords']).toBe(0)
    const page = (await search(`?accountId=${account.id}&statusType=ON_HOLD&firstResultIndex=1&maxResult=1`)).body
    expect([page['totalRecords'], (page['results'] as Record<string, unknown>[]).map((event) => event['mainTelephoneNumber'])]).toEqual([2, [first]])
    expect((await search(`?accountId=${account.id}&dateType=CreatedDate&startDate=2026-11-21&endDate=2026-11-21`)).body['totalRecords']).toBeGreaterThan(1)
    expect((await search(`?accountId=${account.id}&startDate=2026-11-22`)).body['totalRecords']).toBe(0)
  })

  it('refuses what it does not know, and shows nothing of other partitions', async () => {
    for (const query of [
      '?eventType=MAGIC',
      '?statusType=MAGIC',
      '?dateType=MAGIC',
      '?startDate=yesterday',
      '?startDate=2026-11-22&endDate=2026-11-21',
      '?telephoneNumber=x',
      '?maxResult=100000',
      '?firstResultIndex=-1',
    ])
      expect([query, (await search(query)).status]).toEqual([query, 400])
    const manager = { username: 'holds@example.com', password: 'Another-horse-2', firstName: 'Sub', lastName: 'Operator' }
    const child = await platform.call('POST', `/v2/partition/${platform.partitionId}/partition`, { name: 'Holds', manager })
    const token = String((await platform.logIn(manager.username, manager.password)).body['authToken'])
    expect((await platform.call('GET', `/v2/partition/${String(child.body['id'])}/telephonenumber/statussearch`, undefined, token)).body).toEqual({
      totalRecords: 0,
      results: [],
    })
  })
})

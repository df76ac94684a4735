import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fillInventory } from './fill-inventory.ts'
import { sandboxInventory } from './sandbox-inventory.ts'

let platform: TestControlPlane
let partition: string
let account: { id: string; base: string; userId: string }
let sequence = 0
/** The city and the postal code contradict each other. */
const IN_DOUBT = { streetNumber: '135', streetName: 'Front', streetSuffix: 'St', city: 'Syracuse', state: 'NY', postalCode: '13905', country: 'USA' }

beforeAll(async () => {
  platform = await startTestControlPlane()
  partition = `/v2/partition/${platform.partitionId}`
  const now = new Date(platform.time.nowMs())
  await fillInventory(platform.plane.context.database, { partitionId: platform.partitionId, carrierId: 'sandbox', now, numbers: sandboxInventory() })
})
afterAll(() => platform.stop())
beforeEach(async () => {
  account = await newAccount()
})

async function newAccount() {
  sequence++
  const id = String((await platform.call('POST', `${partition}/account`, { accountNumber: `E-${sequence}`, accountName: 'Emergency Inc' })).body['id'])
  const base = `${partition}/account/${id}`
  const user = await platform.call('POST', `${base}/user`, { firstName: 'Em', lastName: 'Ergency', extension: '4000' })
  return { id, base, userId: String(user.body['id']) }
}

async function numberWith(address: object): Promise<{ number: string; item: string }> {
  const { list } = await platform.call('GET', `${partition}/telephonenumber/search?npa=607&maxResults=1`)
  const number = String(list[0]?.['phoneNumber'])
  const record = { ...IN_DOUBT, city: 'Binghamton', customerType: 'BUSINESS', businessName: 'Emergency Inc' }
  const body = { telephoneNumbers: [{ phoneNumber: number }], customerServiceRecord: record, directoryListing: { listed: false }, e911Address: address }
  const added = await platform.call('POST', `${account.base}/telephonenumber`, body)
  expect(added.status, JSON.stringify(added.body)).toBe(200)
  return { number, item: `${account.base}/telephonenumber/${number}` }
}

const read = async (item: string) => (await platform.call('GET', item)).body
const eventOf = async (number: string) =>
  (await platform.call('GET', `${account.base}/reference/${number}/type/NINE_ONE_ONE_ADDRESS`)).body['activationStatusType']

describe('an address the address service would write otherwise', () => {
  it('S0-32 S1-77: is not registered until somebody accepts the correction', async () => {
    const { number, item } = await numberWith(IN_DOUBT)
    expect(await read(item)).toMatchObject({ e911Registered: false, e911Address: { city: 'Syracuse' } })
    expect(await eventOf(number)).toBe('REJECTED')
    const correction = await platform.call('GET', `${item}/911-address/correction`)
    expect(correction).toMatchObject({ status: 200, body: { streetNumber: '135', streetName: 'Front', city: 'Binghamton', postalCode: '13905' } })
    const accepted = await platform.call('PUT', `${item}/911-address/correction/accept`)
    expect(accepted).toMatchObject({ status: 200, body: { e911Registered: true, e911Address: { city: 'Binghamton' } } })
    expect(await eventOf(number)).toBe('CORRECTED_COMPLETED')
    expect((await platform.call('GET', `${item}/911-address/correction`)).body).toMatchObject({ status: 404, data: { type: 'E911Correction' } })
    expect(platform.plane.view.snapshotOf(account.id)?.numbers.get(number)?.emergencyAddress?.city).toBe('Binghamton')
  })

  it('or stands as written, with a point on the ground', async () => {
    const { item } = await numberWith(IN_DOUBT)
    const accept = (query: string) => platform.call('PUT', `${item}/911-address/original/accept${query}`)
    expect((await accept('')).body).toMatchObject({ details: [{ code: 'LatitudeRequired' }, { code: 'LongitudeRequired' }] })
    expect((await accept('?latitude=42.1&longitude=-75.91791')).body).toMatchObject({ errorCode: 'InvalidLatitude' })
    expect((await accept('?latitude=92.1000&longitude=-75.91791')).body).toMatchObject({ errorCode: 'InvalidLatitude' })
    const accepted = await accept('?latitude=42.0987&longitude=-75.91791')
    expect(accepted.body).toMatchObject({ e911Registered: true, e911Address: { city: 'Syracuse', latitude: '42.0987', longitude: '-75.91791' } })
    expect((await accept('?latitude=42.0987&longitude=-75.91791')).status).toBe(404)
  })

  it('a new address without contradiction needs nobody', async () => {
    const { item, number } = await numberWith(IN_DOUBT)
    await platform.call('PATCH', item, { e911Address: { ...IN_DOUBT, city: 'Binghamton' } })
    expect(await read(item)).toMatchObject({ e911Registered: true })
    expect(await eventOf(number)).toBe('COMPLETED')
  })

  it('two who accept at once: one does', async () => {
    const { item } = await numberWith(IN_DOUBT)
    const answers = await Promise.all([1, 2, 3, 4].map(() => platform.call('PUT', `${item}/911-address/correction/accept`)))
    expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, 404, 404, 404])
  })

  it('of another account is not there', async () => {
    const { number } = await numberWith(IN_DOUBT)
    const other = await newAccount()
    for (const path of ['correction', 'usages'])
      expect((await platform.call('GET', `${other.base}/telephonenumber/${number}/911-address/${path}`)).body).toMatchObject({
        data: { type: 'TelephoneNumber' },
      })
    for (const path of ['correction/accept', 'original/accept?latitude=42.0987&longitude=-75.9179'])
      expect((await platform.call('PUT', `${other.base}/telephonenumber/${number}/911-address/${path}`)).status).toBe(404)
  })
})

describe('whose emergency calls an address is for', () => {
  it('S1-95: users of lines that name the number, and users who show it', async () => {
    const { number, item } = await numberWith({ ...IN_DOUBT, city: 'Binghamton' })
    const usages = async () => (await platform.call('GET', `${item}/911-address/usages`)).body
    expect(await usages()).toEqual({ partitionId: platform.partitionId, accountId: account.id, phoneNumber: number, users: [], usedBy: [] })
    const line = { userId: account.userId, deviceId: 'SPA112', lineNumber: 1, macAddress: '0200000e9110', emergencyNumber: number }
    expect((await platform.call('POST', `${account.base}/deviceline`, line)).status).toBe(201)
    expect(await usages()).toMatchObject({ users: [account.userId], usedBy: [{ type: 'LINE_APPEARANCE', role: 'emergencyNumber' }] })
    const second = await platform.call('POST', `${account.base}/user`, { firstName: 'Second', lastName: 'User', extension: '4001' })
    const secondId = String(second.body['id'])
    await platform.call('PATCH', item, { referenceType: 'END_USER', referenceId: secondId, assignAsCallerId: true })
    expect((await usages())['users']).toEqual([account.userId, secondId].toSorted())
    await platform.call('PATCH', item, { referenceType: null })
    expect((await platform.call('DELETE', item)).body).toMatchObject({ errorCode: 'TelephoneNumberInUse', data: { usedBy: [{ role: 'emergencyNumber' }] } })
  })
})

describe('numbers of another provider', () => {
  const external = (body: object, base = account.base) => platform.call('POST', `${base}/telephonenumber/external`, body)

  it('S1-61: come to the account with a name and an address, and change by the same request', async () => {
    const made = await external({ phoneNumber: '+12125550142', userId: account.userId, cnam: 'OUTSIDE', callable: false, inboundCarrierId: 'their-carrier' })
    expect(made.body).toMatchObject({ phoneNumber: '12125550142', userId: account.userId, cnam: 'OUTSIDE', callable: false, inboundCarrierId: 'their-carrier' })
    expect(platform.plane.view.snapshotOf(account.id)?.numbers.get('12125550142')).toMatchObject({ operationalStatus: 'STAGED', callerName: 'OUTSIDE' })
    expect((await external({ phoneNumber: '12125550142', callable: true })).body).toMatchObject({ callable: true, cnam: 'OUTSIDE' })
    expect(await read(`${account.base}/telephonenumber/12125550142`)).not.toHaveProperty('referenceId')
  })

  it('are refused when the platform has them, when the user is another account’s, when the name cannot be shown', async () => {
    const { number } = await numberWith({ ...IN_DOUBT, city: 'Binghamton' })
    expect((await external({ phoneNumber: number })).body['errorCode']).toBe('TelephoneNumberInUse')
    const other = await newAccount()
    expect((await external({ phoneNumber: '12125550143', userId: other.userId })).body).toMatchObject({ status: 404, data: { type: 'EndUser' } })
    expect((await external({ phoneNumber: '12125550143', cnam: 'SIXTEEN LETTERS!' })).body['errorCode']).toBe('InvalidCnam')
    expect((await external({})).body['errorCode']).toBe('PhoneNumberRequired')
    expect((await read(`${account.base}/telephonenumber/12125550143`))['status']).toBe(404)
  })

  it('S1-61: numbers a provider brings are active at once on his carrier, and a number is brought once', async () => {
    const bring = (base: string) =>
      platform.call('POST', `${base}/telephonenumber`, {
        telephoneNumbers: [{ phoneNumber: '12125550150', operationalStatus: 'STAGED' }],
        customerServiceRecord: { ...IN_DOUBT, city: 'Binghamton', businessName: 'Emergency Inc' },
        directoryListing: { listed: false },
        byotnCarrierId: 'my-carrier',
      })
    const other = await newAccount()
    const answers = await Promise.all([bring(account.base), bring(other.base)])
    expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, 400])
    expect(answers.find((answer) => answer.status === 200)?.body).toMatchObject({
      byotnCarrierId: 'my-carrier',
      telephoneNumbers: [{ carrierStatus: 'ACTIVE', operationalStatus: 'STAGED' }],
    })
    const view = (await platform.call('GET', `${partition}/telephonenumber/12125550150`)).body
    expect(view).toMatchObject({ byotn: true, state: 'NY', carrierId: 'my-carrier', operationalStatus: 'STAGED' })
  })
})

describe('C-39: limited lists and groups', () => {
  it('limitedData lists every number with less', async () => {
    const { number } = await numberWith({ ...IN_DOUBT, city: 'Binghamton' })
    const [first] = (await platform.call('GET', `${account.base}/telephonenumber?limitedData=true`)).list
    expect(first).toMatchObject({ phoneNumber: number, carrierStatus: 'ACTIVE' })
    expect(first).not.toHaveProperty('customerServiceRecord')
    expect((await platform.call('GET', `${account.base}/telephonenumber/groupid/nobody`)).body).toMatchObject({ status: 404, data: { type: 'UserGroup' } })
  })
})

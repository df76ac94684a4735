import { OPERATOR, startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fillInventory, type InventoryNumber } from './fill-inventory.ts'

let platform: TestControlPlane
let account: { id: string; base: string; userId: string }
let sequence = 0

/** Numbers of two rate centers and a toll-free prefix; each test takes its own. */
const inventory: InventoryNumber[] = Array.from({ length: 300 }, (_, index) => {
  const line = String(1000 + index)
  const isNear = index % 2 === 0
  return {
    phoneNumber: isNear ? `1801769${line}` : `1607723${line}`,
    functionType: 'ELS',
    rateCenter: isNear ? 'PLEASANT GROVE' : 'BINGHAMTON',
    rateCenterReorderName: isNear ? 'PLEASANT GROVE' : 'BINGHAMTON',
    state: isNear ? 'UT' : 'NY',
    country: 'USA',
    prefix: isNear ? '1801769' : '1607723',
    lata: isNear ? '660' : '132',
    latitude: isNear ? 40.364 : 42.098,
    longitude: isNear ? -111.738 : -75.918,
  }
})

beforeAll(async () => {
  platform = await startTestControlPlane()
  await fillInventory(platform.plane.context.database, {
    partitionId: platform.partitionId,
    carrierId: 'carrier-1',
    now: new Date(platform.time.nowMs()),
    numbers: inventory,
  })
})
afterAll(() => platform.stop())
beforeEach(async () => {
  account = await newAccount()
})

async function newAccount(overrides: Record<string, unknown> = {}): Promise<typeof account> {
  sequence++
  const accounts = `/v2/partition/${platform.partitionId}/account`
  const id = String((await platform.call('POST', accounts, { accountNumber: `T-${sequence}`, accountName: 'Numbers', ...overrides })).body['id'])
  const user = await platform.call('POST', `${accounts}/${id}/user`, { firstName: 'Tel', lastName: 'Ephone', extension: '4000' })
  return { id, base: `${accounts}/${id}`, userId: String(user.body['id']) }
}

const search = (query: string) => platform.call('GET', `/v2/partition/${platform.partitionId}/telephonenumber/search?${query}`)
const NEAR_LINDON = 'type=LAT_LONG&lat=40.332492&long=-111.728167'

async function freeNumber(): Promise<string> {
  const { list } = await search(NEAR_LINDON)
  return String(list[0]?.['phoneNumber'])
}

/** The request of the account guide, S1-86. */
function guideRequest(phoneNumber: string, overrides: Record<string, unknown> = {}): Record<string, unknown> {
  const address = { firstName: 'John', lastName: 'Smith', streetNumber: '333', preDirectional: 'S', streetName: '520', postDirectional: 'W', city: 'Lindon', state: 'UT', country: 'USA', postalCode: '84042', secondaryLocationDescription: 'SUITE', unit: '500', customerType: 'RESIDENTIAL' } // prettier-ignore
  return {
    customerServiceRecord: { ...address, customerName: 'Smith John' },
    directoryListing: { listed: true, type: 'NOT_LIST_NOT_PUBLISH', address },
    e911Address: { address, latitude: '40.332492', longitude: '-111.728167' },
    holdActivation: false,
    telephoneNumbers: [{ phoneNumber }],
    ...overrides,
  }
}

async function addNumber(overrides: Record<string, unknown> = {}): Promise<string> {
  const number = await freeNumber()
  const { status, body } = await platform.call('POST', `${account.base}/telephonenumber`, guideRequest(number, overrides))
  expect(status, JSON.stringify(body)).toBe(200)
  return number
}

describe('searching the inventory', () => {
  it('S1-69 S1-70 S1-71: answers a bare array of the nearest numbers with the fields of the guide', async () => {
    const { status, list } = await search(NEAR_LINDON)
    expect(status).toBe(200)
    expect(list[0]).toMatchObject({
      partitionId: platform.partitionId,
      rateCenter: 'PLEASANT GROVE',
      rateCenterReorderName: 'PLEASANT GROVE',
      state: 'UT',
      country: 'USA',
      prefix: '1801769',
      carrierId: 'carrier-1',
      byotn: false,
      id: list[0]?.['phoneNumber'],
    })
    expect(list[0]?.['phoneNumber']).toMatch(/^1801769\d{4}$/)
    expect(list[0]?.['distance']).toBeCloseTo(2.24, 1)
  })

  it('S1-70: a sub-partition finds the numbers of its parent, with the parent as their partition', async () => {
    const manager = { username: 'numbers@example.com', password: 'Another-horse-2', firstName: 'Sub', lastName: 'Operator' }
    const child = await platform.call('POST', `/v2/partition/${platform.partitionId}/partition`, { name: 'Numbers', manager })
    platform.time.advance(3_000)
    const token = String((await platform.logIn(manager.username, manager.password)).body['authToken'])
    const { list } = await platform.call('GET', `/v2/partition/${String(child.body['id'])}/telephonenumber/search?npa=607`, undefined, token)
    expect(list[0]).toMatchObject({ partitionId: platform.partitionId, lata: '132', rateCenter: 'BINGHAMTON' })
  })

  it('a search without a term is 422, a wrong one 400 with the field', async () => {
    expect((await search('type=TN')).status).toBe(422)
    expect((await search('type=LAT_LONG&lat=95&long=0')).body).toMatchObject({ status: 400, details: [{ field: 'lat' }] })
  })
})

describe('reserving a number', () => {
  it('S1-72 S1-73: holds it for thirty minutes by the clock, hides it from search, and keeps other accounts off', async () => {
    const number = await freeNumber()
    const other = await newAccount()
    expect((await platform.call('PUT', `${account.base}/telephonenumber/${number}/reserve`)).status).toBe(204)
    expect((await search(NEAR_LINDON)).list.map((found) => found['phoneNumber'])).not.toContain(number)
    expect((await platform.call('PUT', `${other.base}/telephonenumber/${number}/reserve`)).body['errorCode']).toBe('TelephoneNumberReserved')
    expect((await platform.call('POST', `${other.base}/telephonenumber`, guideRequest(number))).body['errorCode']).toBe('TelephoneNumberReserved')
    platform.time.advance(30 * 60_000 - 1)
    expect((await platform.call('PUT', `${other.base}/telephonenumber/${number}/reserve`)).status).toBe(400)
    platform.time.advance(1)
    expect((await platform.call('PUT', `${other.base}/telephonenumber/${number}/reserve`)).status).toBe(204)
    expect((await platform.call('DELETE', `${account.base}/telephonenumber/${number}/reserve`)).status).toBe(400)
    expect((await platform.call('DELETE', `${other.base}/telephonenumber/${number}/reserve`)).status).toBe(204)
    expect((await platform.call('GET', `/v2/partition/${platform.partitionId}/telephonenumber/${number}/availability`)).body['available']).toBe(true)
  })

  it('C-28: the partition-wide form answers who holds it since when', async () => {
    const number = await freeNumber()
    const { status, body } = await platform.call('PUT', `/v2/partition/${platform.partitionId}/telephonenumber/${number}/reserve`)
    expect([status, body]).toEqual([200, { id: number, tn: number, reserved: true, reservedTime: new Date(platform.time.nowMs()).toISOString() }])
  })
})

describe('adding numbers to an account', () => {
  it('S1-74 … S1-86: answers the shape of the request, active at once, with the E911 address flat', async () => {
    const number = await freeNumber()
    await platform.call('PUT', `${account.base}/telephonenumber/${number}/reserve`)
    const request = guideRequest(number)
    const { status, body } = await platform.call('POST', `${account.base}/telephonenumber`, request)
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body).toMatchObject({
      customerServiceRecord: request['customerServiceRecord'] as object,
      directoryListing: { listed: true, type: 'NOT_LIST_NOT_PUBLISH' },
      e911Address: { streetNumber: '333', city: 'Lindon', unit: '500', latitude: '40.332492', longitude: '-111.728167' },
      holdActivation: false,
      telephoneNumbers: [{ phoneNumber: number, carrierStatus: 'ACTIVE' }],
    })
    const stored = (await platform.call('GET', `${account.base}/telephonenumber/${number}`)).body
    expect(stored).toMatchObject({
      accountId: account.id,
      carrierStatus: 'ACTIVE',
      operationalStatus: 'ACTIVE',
      e911Registered: true,
      lifecycleState: 'RESERVED',
      assignAsCallerId: false,
    })
    expect(platform.plane.view.ownerOf(number)).toEqual({ partitionId: platform.partitionId, accountId: account.id })
  })

  it('S1-77 C-36: without an E911 address the customer service record is the one that is registered', async () => {
    const number = await addNumber({ e911Address: undefined })
    expect((await platform.call('GET', `${account.base}/telephonenumber/${number}`)).body).toMatchObject({
      e911Address: { city: 'Lindon', postalCode: '84042' },
      e911Registered: true,
    })
  })

  it.each([
    ['S1-76 no customer service record', { customerServiceRecord: undefined }, 'CustomerServiceRecordRequired'],
    ['S1-78 no directory listing', { directoryListing: undefined }, 'ListedRequired'],
    ['S1-79 no numbers', { telephoneNumbers: [] }, 'TelephoneNumbersRequired'],
    ['S1-79 a number of nine digits', { telephoneNumbers: [{ phoneNumber: '801555121' }] }, 'InvalidPhoneNumber'],
    ['S1-84 an unknown listing type', { directoryListing: { listed: true, type: 'SECRET' } }, 'InvalidType'],
    [
      'S1-85 a reference of an unknown type',
      { telephoneNumbers: [{ phoneNumber: '18017691000', referenceType: 'PIGEON', referenceId: 'x' }] },
      'InvalidReferenceType',
    ],
  ])('refuses %s and stores nothing', async (_case, overrides, code) => {
    const number = await freeNumber()
    const { status, body } = await platform.call('POST', `${account.base}/telephonenumber`, guideRequest(number, overrides))
    expect([status, body['errorCode']]).toEqual([400, code === 'ListedRequired' ? 'DirectoryListingRequired' : code])
    expect((await platform.call('GET', `${account.base}/telephonenumber`)).list).toEqual([])
  })

  it.each([
    ['S1-80 a caller name of 16 characters', { customerName: 'abcdefghijklmnop' }, 'InvalidCustomerName'],
    ['a caller name that is no text', { customerName: ['Smith'] }, 'InvalidCustomerName'],
    ['a blocked name that is neither', { blockCustomerName: 'perhaps' }, 'InvalidBlockCustomerName'],
    ['a second person with an endless name', { firstNameSecondary: 'x'.repeat(257) }, 'InvalidFirstNameSecondary'],
    ['S1-81 a resident without last name', { lastName: '' }, 'LastNameRequired'],
    ['S1-81 a business without name', { customerType: 'BUSINESS' }, 'BusinessNameRequired'],
    ['S1-82 a street without number', { streetNumber: '' }, 'StreetNumberRequired'],
    ['S1-82 an impossible direction', { preDirectional: 'UP' }, 'InvalidPreDirectional'],
    ['S1-83 an unknown state', { state: 'Atlantis' }, 'InvalidState'],
  ])('refuses a customer service record with %s', async (_case, fields, code) => {
    const number = await freeNumber()
    const request = guideRequest(number)
    const record = { ...(request['customerServiceRecord'] as object), ...fields }
    const { body } = await platform.call('POST', `${account.base}/telephonenumber`, { ...request, customerServiceRecord: record })
    expect(body['errorCode']).toBe(code)
  })

  it('takes numbers and truth values of a customer service record as they are, and as words', async () => {
    const request = guideRequest(await freeNumber())
    const record = { ...(request['customerServiceRecord'] as object), customerName: 4711, blockCustomerName: 'true' }
    const { body } = await platform.call('POST', `${account.base}/telephonenumber`, { ...request, customerServiceRecord: record })
    expect(body).toMatchObject({ customerServiceRecord: { customerName: '4711', blockCustomerName: true } })
  })

  it('all or none: one number that is taken keeps the others off too', async () => {
    const [taken, free] = [await addNumber(), await freeNumber()]
    const other = await newAccount()
    const answer = await platform.call(
      'POST',
      `${other.base}/telephonenumber`,
      guideRequest(free, { telephoneNumbers: [{ phoneNumber: free }, { phoneNumber: taken }] }),
    )
    expect(answer.body['errorCode']).toBe('TelephoneNumberInUse')
    expect((await platform.call('GET', `${other.base}/telephonenumber`)).list).toEqual([])
  })

  it('of twenty accounts that want one number at the same time exactly one gets it', async () => {
    const number = await freeNumber()
    const accounts = await Promise.all(Array.from({ length: 8 }, () => newAccount()))
    const answers = await Promise.all(accounts.map((each) => platform.call('POST', `${each.base}/telephonenumber`, guideRequest(number))))
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1)
  })

  it('S1-24 C-22: a SIMPLE account has one number', async () => {
    account = await newAccount({ accountType: 'SIMPLE' })
    await addNumber()
    const second = await platform.call('POST', `${account.base}/telephonenumber`, guideRequest(await freeNumber()))
    expect(second.body['errorCode']).toBe('AccountTelephoneNumberLimitReached')
  })

  it('a number that is in nobody’s inventory is not found', async () => {
    expect((await platform.call('POST', `${account.base}/telephonenumber`, guideRequest('12125551234'))).body).toMatchObject({
      status: 404,
      data: { type: 'TelephoneNumber' },
    })
  })
})

describe('what a number rings', () => {
  it('S1-87 … S1-90: PATCH points it at a user and makes it the number he shows; the call plane routes by it at once', async () => {
    const number = await addNumber()
    const { status, body } = await platform.call('PATCH', `${account.base}/telephonenumber/${number}`, {
      referenceType: 'END_USER',
      referenceId: account.userId,
      assignAsCallerId: true,
    })
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body).toMatchObject({ referenceType: 'END_USER', referenceId: account.userId, assignAsCallerId: true, lifecycleState: 'ACTIVE' })
    expect((await platform.call('GET', `${account.base}/user/${account.userId}`)).body['callerIdConfig']).toEqual({
      callerIdNumber: number,
      externalCallerIdVisible: true,
      extensionCallerIdVisible: true,
    })
    const snapshot = platform.plane.view.snapshotOf(account.id)
    expect([snapshot?.numbers.get(number)?.referenceId, snapshot?.users.get(account.userId)?.callerIdNumber, snapshot?.homeAreaCode]).toEqual([
      account.userId,
      number,
      '801',
    ])
  })

  it('a user of another account, an object that is not there or of another kind, and a kind nobody has, are refused', async () => {
    const number = await addNumber()
    const other = await newAccount()
    const item = `${account.base}/telephonenumber/${number}`
    expect((await platform.call('PATCH', item, { referenceType: 'END_USER', referenceId: other.userId })).body).toMatchObject({
      status: 404,
      data: { type: 'EndUser' },
    })
    expect((await platform.call('PATCH', item, { referenceType: 'IVR', referenceId: 'x' })).body).toMatchObject({ status: 404, data: { type: 'IVR', id: 'x' } })
    expect((await platform.call('PATCH', item, { referenceType: 'IVR', referenceId: account.userId })).status).toBe(404)
    expect((await platform.call('PATCH', item, { referenceType: 'CONTACT_CENTER', referenceId: 'x' })).body['errorCode']).toBe('InvalidReferenceType')
    expect((await platform.call('PATCH', item, { assignAsCallerId: true })).body['errorCode']).toBe('InvalidAssignAsCallerId')
  })

  it('null takes the reference away; the user keeps nothing of it', async () => {
    const number = await addNumber()
    const item = `${account.base}/telephonenumber/${number}`
    await platform.call('PATCH', item, { referenceType: 'END_USER', referenceId: account.userId })
    const cleared = (await platform.call('PATCH', item, { referenceType: null, referenceId: null })).body
    expect(cleared).not.toHaveProperty('referenceId')
    expect(cleared['lifecycleState']).toBe('DISCONNECTED')
  })
})

describe('releasing a number', () => {
  it('C-32: not while it rings something or is a 911 callback; then it rests for the cooldown', async () => {
    const number = await addNumber()
    const item = `${account.base}/telephonenumber/${number}`
    await platform.call('PATCH', item, { referenceType: 'END_USER', referenceId: account.userId, assignAsCallerId: true })
    expect((await platform.call('DELETE', item)).body['errorCode']).toBe('TelephoneNumberInUse')
    await platform.call('PATCH', item, { referenceType: null })
    const line = await platform.call('POST', `${account.base}/deviceline`, {
      userId: account.userId,
      deviceId: 'SPA112',
      lineNumber: 1,
      macAddress: '0000000000ff',
      emergencyNumber: number,
    })
    expect((await platform.call('DELETE', item)).body['errorCode']).toBe('TelephoneNumberInUse')
    await platform.call('DELETE', `${account.base}/deviceline/${String(line.body['id'])}`)
    expect((await platform.call('DELETE', item)).status).toBe(204)
    expect((await platform.call('GET', `${account.base}/user/${account.userId}`)).body['callerIdConfig']).not.toHaveProperty('callerIdNumber')
    const view = () => platform.call('GET', `/v2/partition/${platform.partitionId}/telephonenumber/${number}`)
    expect((await view()).body).toMatchObject({ lifecycleState: 'RELEASED', isInInventory: false })
    expect((await platform.call('POST', `${account.base}/telephonenumber`, guideRequest(number))).status).toBe(404)
    platform.time.advance(90 * 86_400_000)
    const token = String((await platform.logIn(OPERATOR.username, OPERATOR.password)).body['authToken'])
    const rested = await platform.call('GET', `/v2/partition/${platform.partitionId}/telephonenumber/${number}`, undefined, token)
    expect(rested.body).toMatchObject({ lifecycleState: 'INVENTORY_AVAILABLE', isInInventory: true })
  })
})

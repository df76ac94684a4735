import { beforeAll, describe, expect, it } from 'vitest'
import type { ErrorBody } from './http-client.ts'
import { type Account, type AddressValidation, done, exampleAddressPath, Tenant } from './tenant.ts'

interface InventoryItem {
  readonly phoneNumber: string
  readonly [field: string]: unknown
}

interface NumberBody {
  readonly phoneNumber: string
  readonly [field: string]: unknown
}

let tenant: Tenant
let account: Account
let address: AddressValidation

beforeAll(async () => {
  tenant = await Tenant.logIn()
  account = await tenant.createAccount()
  address = done(await tenant.http.get<AddressValidation>(exampleAddressPath))
})

const search = async (query = `type=LAT_LONG&lat=${address.latitude}&long=${address.longitude}&maxResults=50`) =>
  done(await tenant.http.get<readonly InventoryItem[]>(`${tenant.path}/telephonenumber/search?${query}`))

/** A free number nobody else in this file uses. */
async function freeNumber(): Promise<string> {
  const found = await search()
  const number = found[Math.floor(Math.random() * found.length)]?.phoneNumber
  if (number === undefined) throw new Error('the inventory is empty')
  return number
}

/** The request of the guide for one number. */
function exampleRequest(phoneNumber: string) {
  const person = {
    firstName: 'John',
    lastName: 'Smith',
    streetNumber: '333',
    preDirectional: 'S',
    streetName: '520',
    postDirectional: 'W',
    city: 'Lindon',
    state: 'UT',
    country: 'USA',
    postalCode: '84042',
    secondaryLocationDescription: 'SUITE',
    unit: '500',
  }
  return {
    customerServiceRecord: { ...person, customerType: 'RESIDENTIAL', customerName: 'Smith John' },
    directoryListing: { listed: true, type: 'NOT_LIST_NOT_PUBLISH', address: person },
    e911Address: { address: person, latitude: '40.332492', longitude: '-111.728167' },
    holdActivation: false,
    telephoneNumbers: [{ phoneNumber }],
  }
}

describe('search by place', () => {
  it('S1-69 S1-70 S1-71: a bare array of free numbers, nearest first, each with the fields of the example', async () => {
    const found = await search('type=LAT_LONG&lat=40.332492&long=-111.728167')
    expect(found.length).toBeGreaterThan(0)
    for (const item of found) {
      expect(item).toMatchObject({
        state: 'UT',
        country: 'USA',
        byotn: false,
        rateCenter: expect.any(String),
        rateCenterReorderName: expect.any(String),
        carrierId: expect.any(String),
      })
      expect(item.phoneNumber).toMatch(/^1[2-9]\d{2}[2-9]\d{6}$/)
      expect(item['partitionId']).toMatch(/^[A-Za-z0-9_-]+$/)
      expect(item['prefix']).toBe(item.phoneNumber.slice(0, 7))
      expect(item['id']).toBe(item.phoneNumber)
      expect(item['distance']).toEqual(expect.any(Number))
    }
    const distances = found.map((item) => Number(item['distance']))
    expect(distances).toEqual(distances.toSorted((left, right) => left - right))
    expect(found.map((item) => item['rateCenter'])).toContain('PLEASANT GROVE')
  })

  it('refuses a search without a place and an unknown type', async () => {
    for (const query of ['type=LAT_LONG', 'type=LAT_LONG&lat=abc&long=1', 'type=LAT_LONG&lat=91&long=1', 'type=ASTROLOGY'])
      expect((await tenant.http.get(`${tenant.path}/telephonenumber/search?${query}`)).status).toBe(400)
  })
})

describe('reserve', () => {
  it('S1-72 S1-73: PUT and DELETE without a body answer 204, twice over', async () => {
    const path = `${account.path}/telephonenumber/${await freeNumber()}/reserve`
    for (const method of ['PUT', 'PUT', 'DELETE', 'PUT', 'DELETE']) {
      const answer = await account.http.send(method, path)
      expect([method, answer.status, answer.text]).toEqual([method, 204, ''])
    }
  })

  it('S1-63 S1-72 S1-74: a reserved number cannot be reserved or added by another account, and can by its own', async () => {
    const phoneNumber = await freeNumber()
    const other = await tenant.createAccount()
    expect((await account.http.put(`${account.path}/telephonenumber/${phoneNumber}/reserve`)).status).toBe(204)
    for (const answer of [
      await other.http.put<ErrorBody>(`${other.path}/telephonenumber/${phoneNumber}/reserve`),
      await other.http.post<ErrorBody>(`${other.path}/telephonenumber`, exampleRequest(phoneNumber)),
    ])
      expect([answer.status, answer.body.messages]).toEqual([400, ['TelephoneNumberReserved']])
    expect((await account.http.post(`${account.path}/telephonenumber`, exampleRequest(phoneNumber))).status).toBe(200)
  })

  it('refuses a number that is not in the inventory', async () => {
    const answer = await account.http.put<ErrorBody>(`${account.path}/telephonenumber/19995550199/reserve`)
    expect([answer.status, answer.body.messages]).toEqual([404, ['EntityNotFound']])
  })
})

describe('add to the account', () => {
  it('S1-75 S1-76 S1-79 S1-86: the example request is answered in the same shape', async () => {
    const request = exampleRequest(await freeNumber())
    const answer = await account.http.post(`${account.path}/telephonenumber`, request)
    expect(answer.status).toBe(200)
    const { e911Address, ...rest } = request
    expect(answer.body).toMatchObject(rest)
    const returned = (answer.body as { e911Address: Record<string, unknown> & { address?: Record<string, unknown> } }).e911Address
    expect(returned).toMatchObject({ latitude: e911Address.latitude, longitude: e911Address.longitude })
    expect(returned.address ?? returned).toMatchObject({ streetNumber: '333', unit: '500', city: 'Lindon' })
  })

  it('S1-74: works with and without a reservation, several at once, and not twice', async () => {
    const [first, second] = (await search()).toSorted(() => Math.random() - 0.5)
    const numbers = [first?.phoneNumber ?? '', second?.phoneNumber ?? '']
    const request = { ...exampleRequest(numbers[0] ?? ''), telephoneNumbers: numbers.map((phoneNumber) => ({ phoneNumber })) }
    expect((await account.http.post(`${account.path}/telephonenumber`, request)).status).toBe(200)
    const listed = done(await account.http.get<readonly NumberBody[]>(`${account.path}/telephonenumber`))
    expect(listed.map((item) => item.phoneNumber)).toEqual(expect.arrayContaining(numbers))
    expect((await search()).map((item) => item.phoneNumber)).not.toContain(numbers[0])
    const again = await account.http.post<ErrorBody>(`${account.path}/telephonenumber`, request)
    expect([again.status, again.body.messages]).toEqual([400, ['TelephoneNumberInUse']])
  })

  it('S1-76 S1-78 S1-79: the service record, the listing and an 11-digit number are required', async () => {
    const request = exampleRequest(await freeNumber())
    const refused = async (changes: Readonly<Record<string, unknown>>) => {
      const answer = await account.http.post<ErrorBody>(`${account.path}/telephonenumber`, { ...request, ...changes })
      return [answer.status, answer.body.messages?.[0]]
    }
    expect(await refused({ customerServiceRecord: undefined })).toEqual([400, 'CustomerServiceRecordRequired'])
    expect(await refused({ directoryListing: undefined })).toEqual([400, 'DirectoryListingRequired'])
    expect(await refused({ telephoneNumbers: undefined })).toEqual([400, 'TelephoneNumbersRequired'])
    expect(await refused({ telephoneNumbers: [] })).toEqual([400, 'TelephoneNumbersRequired'])
    expect(await refused({ telephoneNumbers: [{ phoneNumber: '555' }] })).toEqual([400, 'InvalidPhoneNumber'])
    expect(await refused({ directoryListing: { listed: true, type: 'SHOUTED' } })).toEqual([400, expect.stringMatching(/^Invalid\w*Type$/)])
  })

  it('S1-80 S1-81: customerName has 15 characters; a residential customer has names, a business one a business name', async () => {
    const request = exampleRequest(await freeNumber())
    const refused = async (changes: Readonly<Record<string, unknown>>) => {
      const answer = await account.http.post<ErrorBody>(`${account.path}/telephonenumber`, {
        ...request,
        customerServiceRecord: { ...request.customerServiceRecord, ...changes },
      })
      return [answer.status, answer.body.messages?.[0]]
    }
    expect(await refused({ customerName: 'SIXTEEN LETTERS!' })).toEqual([400, 'InvalidCustomerName'])
    expect(await refused({ customerName: 'A'.repeat(16) })).toEqual([400, 'InvalidCustomerName'])
    expect(await refused({ customerType: 'ALIEN' })).toEqual([400, 'InvalidCustomerType'])
    expect(await refused({ firstName: undefined })).toEqual([400, 'FirstNameRequired'])
    expect(await refused({ lastName: undefined })).toEqual([400, 'LastNameRequired'])
    expect(await refused({ customerType: 'BUSINESS', businessName: undefined })).toEqual([400, 'BusinessNameRequired'])
    const business = { ...request.customerServiceRecord, customerType: 'BUSINESS', businessName: 'Acme', customerName: 'ACME SUPPORT 15' }
    expect((await account.http.post(`${account.path}/telephonenumber`, { ...request, customerServiceRecord: business })).status).toBe(200)
  })

  it('S1-77: without an emergency address the service record is used', async () => {
    const phoneNumber = await freeNumber()
    done(await account.http.post(`${account.path}/telephonenumber`, { ...exampleRequest(phoneNumber), e911Address: undefined }))
    const stored = done(
      await account.http.get<{ e911Address: Record<string, unknown> & { address?: Record<string, unknown> } }>(
        `${account.path}/telephonenumber/${phoneNumber}`,
      ),
    )
    expect(stored.e911Address.address ?? stored.e911Address).toMatchObject({
      streetNumber: '333',
      streetName: '520',
      city: 'Lindon',
      state: 'UT',
      postalCode: '84042',
    })
  })

  it('S1-78 S1-84: each kind of directory listing is kept as given', async () => {
    for (const type of ['LIST_PUBLISH', 'LIST_NOT_PUBLISH', 'NOT_LIST_NOT_PUBLISH'])
      for (const listed of [true, false]) {
        const phoneNumber = await freeNumber()
        const request = exampleRequest(phoneNumber)
        done(await account.http.post(`${account.path}/telephonenumber`, { ...request, directoryListing: { ...request.directoryListing, listed, type } }))
        const stored = done(await account.http.get<NumberBody>(`${account.path}/telephonenumber/${phoneNumber}`))
        expect(stored['directoryListing']).toMatchObject({ listed, type })
      }
  })

  it('S1-82: a directional outside the eight is refused', async () => {
    const request = exampleRequest(await freeNumber())
    const record = { ...request.customerServiceRecord, preDirectional: 'UP' }
    expect((await account.http.post(`${account.path}/telephonenumber`, { ...request, customerServiceRecord: record })).status).toBe(400)
  })

  it('a number may be given its user while it is added', async () => {
    const user = await account.createUser('4100')
    const phoneNumber = await freeNumber()
    const telephoneNumbers = [{ phoneNumber, referenceType: 'END_USER', referenceId: user.userId }]
    done(await account.http.post(`${account.path}/telephonenumber`, { ...exampleRequest(phoneNumber), telephoneNumbers }))
    expect(done(await account.http.get(`${account.path}/telephonenumber/${phoneNumber}`))).toMatchObject({
      referenceType: 'END_USER',
      referenceId: user.userId,
    })
  })
})

describe('reference', () => {
  it('S1-15 S1-87 S1-88 S1-90: PATCH points the number at a user and makes it the caller id', async () => {
    const user = await account.createUser('4101')
    const phoneNumber = await account.addNumber()
    const path = `${account.path}/telephonenumber/${phoneNumber}`
    expect(done(await account.http.get<NumberBody>(path))['referenceId'] ?? null).toBeNull()
    const patched = await account.http.patch<NumberBody>(path, { referenceType: 'END_USER', referenceId: user.userId, assignAsCallerId: true })
    expect(patched.status).toBe(200)
    expect(patched.body).toMatchObject({ phoneNumber, referenceType: 'END_USER', referenceId: user.userId, assignAsCallerId: true, carrierStatus: 'ACTIVE' })
    const read = done(await account.http.get<Record<string, unknown>>(`${account.path}/user/${user.userId}`))
    expect(read['callerIdConfig']).toMatchObject({ callerIdNumber: phoneNumber })
  })

  it('S1-88: PUT takes the whole object back, changed', async () => {
    const [first, second] = [await account.createUser('4102'), await account.createUser('4103')]
    const phoneNumber = await account.addNumber()
    const path = `${account.path}/telephonenumber/${phoneNumber}`
    await account.assignNumber(phoneNumber, first.userId)
    const whole = done(await account.http.get<NumberBody>(path))
    const put = await account.http.put<NumberBody>(path, { ...whole, referenceId: second.userId })
    expect(put.status).toBe(200)
    expect(put.body).toMatchObject({ referenceType: 'END_USER', referenceId: second.userId, customerServiceRecord: whole['customerServiceRecord'] })
  })

  it('refuses an unknown type, an unknown user, a user of another account, and a caller id for what is no user', async () => {
    const path = `${account.path}/telephonenumber/${await account.addNumber()}`
    const other = await tenant.createAccount()
    const stranger = await other.createUser('4000')
    const statusOf = async (body: unknown) => (await account.http.patch(path, body)).status
    expect(await statusOf({ referenceType: 'TEAPOT', referenceId: 'x' })).toBe(400)
    expect([400, 404]).toContain(await statusOf({ referenceType: 'END_USER', referenceId: 'AAAAAAAAAAAAAAAAAAAAAA' }))
    expect([400, 403, 404]).toContain(await statusOf({ referenceType: 'END_USER', referenceId: stranger.userId }))
    expect(done(await account.http.get<NumberBody>(path))['referenceId'] ?? null).toBeNull()
  })

  it('a number on an account is deleted only when nothing refers to it, and leaves the search', async () => {
    const user = await account.createUser('4104')
    const phoneNumber = await account.addNumber()
    const path = `${account.path}/telephonenumber/${phoneNumber}`
    await account.assignNumber(phoneNumber, user.userId)
    const busy = await account.http.delete<ErrorBody>(path)
    expect([busy.status, busy.body.messages]).toEqual([400, ['TelephoneNumberInUse']])
    done(await account.http.patch(path, { referenceType: null, referenceId: null }))
    expect((await account.http.delete(path)).status).toBe(204)
    expect((await account.http.get(path)).status).toBe(404)
    expect((await search()).map((item) => item.phoneNumber)).not.toContain(phoneNumber)
  })
})

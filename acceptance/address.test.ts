import { beforeAll, describe, expect, it } from 'vitest'
import type { ErrorBody } from './http-client.ts'
import { type AddressValidation, done, exampleAddressPath, Tenant } from './tenant.ts'

let tenant: Tenant

beforeAll(async () => {
  tenant = await Tenant.logIn()
})

const validate = (address: string) => tenant.http.get<AddressValidation>(`/v2/address/validate?address=${encodeURIComponent(address)}&country=USA`)

describe('GET /v2/address/validate', () => {
  it('S1-64 S1-65 S1-67 S0-23: parses the example line into the fields of the example answer', async () => {
    const answer = await tenant.http.get<AddressValidation>(exampleAddressPath)
    expect(answer.status).toBe(200)
    expect(answer.body.customerServiceRecord).toMatchObject({
      streetNumber: '333',
      streetNumberSuffix: '',
      preDirectional: 'S',
      streetName: '520',
      streetSuffix: '',
      postDirectional: 'W',
      city: 'Lindon',
      state: 'UT',
      postalCode: '84042',
      blockCustomerName: false,
    })
    expect(answer.body.valid).toBe(true)
    expect([typeof answer.body.latitude, typeof answer.body.longitude]).toEqual(['string', 'string'])
    expect(Number(answer.body.latitude)).toBeCloseTo(40.33, 1)
    expect(Number(answer.body.longitude)).toBeCloseTo(-111.73, 1)
  })

  it('S1-65: takes the line with spaces and commas as they are, and with a plus for a space', async () => {
    for (const query of ['333%20S%20520%20W,%20Lindon,%20UT', '333+S+520+W,+Lindon,+UT']) {
      const answer = await tenant.http.get<AddressValidation>(`/v2/address/validate?address=${query}&country=USA`)
      expect(answer.body.customerServiceRecord).toMatchObject({ streetNumber: '333', city: 'Lindon', state: 'UT' })
    }
  })

  it('S1-82: splits number, number suffix, directionals, name and street suffix', async () => {
    expect(done(await validate('123 1/2 S Jefferson St SW, Houston, TX 77002')).customerServiceRecord).toMatchObject({
      streetNumber: '123',
      streetNumberSuffix: '1/2',
      preDirectional: 'S',
      streetName: 'Jefferson',
      streetSuffix: 'St',
      postDirectional: 'SW',
    })
  })

  it('S1-83: understands a state by its full name and keeps the postal code', async () => {
    expect(done(await validate('123 S Jefferson St, Houston, Texas 77002')).customerServiceRecord).toMatchObject({
      city: 'Houston',
      state: 'TX',
      postalCode: '77002',
    })
  })

  it('S1-66: the record can be used as it came to add a number', async () => {
    const account = await tenant.createAccount()
    const number = await account.addNumber()
    const stored = done(await account.http.get<{ customerServiceRecord: Record<string, unknown> }>(`${account.path}/telephonenumber/${number}`))
    expect(stored.customerServiceRecord).toMatchObject({
      streetNumber: '333',
      preDirectional: 'S',
      streetName: '520',
      postDirectional: 'W',
      city: 'Lindon',
      state: 'UT',
      postalCode: '84042',
    })
  })

  it('S1-68: a building that has units asks for the unit, on the same object', async () => {
    const without = done(await validate('5 Penn Plaza, New York, NY 10001'))
    expect(without.requiredFields).toEqual(['unit', 'secondaryLocationDescription'])
    expect(without.customerServiceRecord).toMatchObject({ streetNumber: '5', city: 'New York', state: 'NY' })
    expect(done(await validate('5 Penn Plaza Suite 1900, New York, NY 10001')).requiredFields).toBeUndefined()
  })

  it('says that a line it cannot read is not valid, without failing', async () => {
    for (const nonsense of ['nowhere', '?', 'x'.repeat(500)]) {
      const answer = await validate(nonsense)
      expect(answer.status === 400 || (answer.status === 200 && !answer.body.valid)).toBe(true)
    }
    const missing = await tenant.http.get<ErrorBody>('/v2/address/validate?country=USA')
    expect([missing.status, missing.body.messages]).toEqual([400, ['AddressRequired']])
  })
})

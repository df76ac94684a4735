import { describe, expect, it } from 'vitest'

import { isKnownCity, lazyPlaceTables } from '../reference-data/index.ts'

import type { AddressProvider } from './address-provider.ts'
import { NO_ADDRESS, type Address } from './address.ts'
import { offlineAddressProvider } from './offline-address-provider.ts'
import { addressValidationView, validateAddress, validateAddressLine, type AddressValidation, type AddressValidationView } from './validate-address.ts'

const tables = lazyPlaceTables()
const provider = offlineAddressProvider(tables)
const knowsCity = (city: string, state: string) => isKnownCity(tables, city, state)

async function validate(address: string, query: { country?: string; postalCode?: string } = {}): Promise<AddressValidation> {
  const result = await validateAddressLine(provider, { address, country: 'USA', ...query }, knowsCity)
  if (!result.ok) throw new Error(result.error.code)
  return result.value
}

async function view(address: string): Promise<AddressValidationView> {
  return addressValidationView(await validate(address))
}

describe('GET /v2/address/validate', () => {
  it('S1-65, S1-67: the example line gets the example answer: same elements, ZIP filled in, coordinates as text with six decimals', async () => {
    const answer = await view('333 S 520 W, Lindon, UT')
    expect(answer.customerServiceRecord).toEqual({
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
    expect(Object.keys(answer)).toEqual(['customerServiceRecord', 'latitude', 'longitude', 'valid'])
    expect(answer.valid).toBe(true)
    expect(answer.latitude).toMatch(/^40\.3[34]\d{4}$/)
    expect(answer.longitude).toMatch(/^-111\.7[12]\d{4}$/)
  })

  it('S1-68: a building with many doors asks for the unit, on the same object', async () => {
    const answer = await view('5 Penn Plaza, New York, NY 10001')
    expect(Object.keys(answer)).toEqual(['requiredFields', 'customerServiceRecord', 'latitude', 'longitude', 'valid'])
    expect(answer.requiredFields).toEqual(['unit', 'secondaryLocationDescription'])
    expect((await view('5 Penn Plaza Suite 1900, New York, NY 10001')).requiredFields).toBeUndefined()
  })

  it('S1-86: a unit that was given comes back', async () => {
    expect((await view('333 S 520 W Suite 500, Lindon, UT 84042')).customerServiceRecord).toMatchObject({ secondaryLocationDescription: 'SUITE', unit: '500' })
  })

  it.each([
    ['333 S 520 W Lindon Utah 84042', 'Lindon', 'UT', '84042'],
    ['333 s 520 w, LINDON, ut', 'Lindon', 'UT', '84042'],
    ['333 S 520 W, Lindon, UT 84042-1234', 'Lindon', 'UT', '84042-1234'],
    ['333 S 520 W, 84042', 'Lindon', 'UT', '84042'],
    ['100 Main St, St. Louis, MO 63101', 'St Louis', 'MO', '63101'],
    ['290 Bremner Blvd, Toronto, ON M5V 3L9', 'Toronto', 'ON', 'M5V 3L9'],
    ['1 Some St, Hamlet Unknown, ON M5V 3L9', 'Hamlet Unknown', 'ON', 'M5V 3L9'],
  ])('%s is valid', async (line, city, state, postalCode) => {
    const answer = await view(line)
    expect(answer.valid).toBe(true)
    expect(answer.customerServiceRecord).toMatchObject({
      city,
      state,
      postalCode,
    })
  })

  it('the postal code of the query is used when the line has none', async () => {
    expect((await validate('100 Main St, Houston, TX', { postalCode: '77003' })).address.postalCode).toBe('77003')
    expect((await validate('100 Main St, Houston, TX 77002', { postalCode: '77003' })).address.postalCode).toBe('77002')
  })

  it('of a city with many ZIPs the most central is filled in, and said to be a guess', async () => {
    const houston = await validate('100 Main St, Houston, TX')
    expect(houston.address.postalCode).toMatch(/^770\d\d$/)
    expect(houston.geocoded?.confidence).toBe('CITY')
    expect((await validate('333 S 520 W, Lindon, UT')).geocoded?.confidence).toBe('POSTAL_CODE')
  })

  it.each([
    ['333 S 520 W, Lindon, UT 84604', { city: 'Provo', postalCode: '84604' }, ['InvalidCity']],
    ['333 S 520 W, Lindon, UT 90210', { city: 'Lindon', postalCode: '84042' }, ['InvalidPostalCode']],
    ['1 Main St, Nowhereville, UT 84042', { city: 'Lindon', postalCode: '84042' }, ['InvalidCity']],
    ['333 S 520 W, Lindon, UT 99999', { city: 'Lindon', postalCode: '84042' }, ['InvalidPostalCode']],
  ])('%s: city and ZIP disagree, so a correction is proposed', async (line, correction, codes) => {
    const validation = await validate(line)
    expect(validation.valid).toBe(false)
    expect(validation.correction).toMatchObject(correction)
    expect(validation.problems.map((problem) => problem.code)).toEqual(codes)
    expect(addressValidationView(validation).customerServiceRecord).toMatchObject(correction)
  })

  it('S1-64: the correction, confirmed and asked again, is valid', async () => {
    const { correction } = await validate('333 S 520 W, Lindon, UT 90210')
    expect(correction).toBeDefined()
    expect((await validateAddress(provider, correction ?? NO_ADDRESS)).valid).toBe(true)
  })

  it('a ZIP newer than the table is believed while it begins like those of the city', async () => {
    const validation = await validate('100 Main St, Binghamton, NY 13909')
    expect([validation.valid, validation.address.postalCode, validation.geocoded?.confidence]).toEqual([true, '13909', 'CITY'])
  })

  it.each([
    ['1 Main St, Nowhereville, UT', ['PostalCodeRequired', 'InvalidCity']],
    ['nowhere', ['StreetNumberRequired', 'StreetNameRequired', 'StateRequired', 'PostalCodeRequired', 'InvalidCity']],
    ['Lindon, UT', ['StreetNumberRequired', 'StreetNameRequired']],
    ['PO Box 12, Lindon, UT 84042', ['InvalidStreetName']],
    ['100 King St W, Toronto, ON', ['PostalCodeRequired']],
    ['PSC 802, APO, AE 09001', ['StreetNumberRequired', 'InvalidStreetName', 'InvalidCity']],
  ])('%s is not valid, and says why', async (line, codes) => {
    const validation = await validate(line)
    expect(validation.valid).toBe(false)
    expect(validation.problems.map((problem) => problem.code)).toEqual(codes)
  })

  it('an answer without a known place has no coordinates', async () => {
    expect(Object.keys(await view('1 Main St, Nowhereville, UT'))).toEqual(['customerServiceRecord', 'valid'])
  })

  it.each([
    [{ address: undefined }, 'AddressRequired'],
    [{ address: '  ' }, 'AddressRequired'],
    [{ address: 'x'.repeat(513) }, 'InvalidAddress'],
    [{ address: '1 Main St', country: 'FRA' }, 'InvalidCountry'],
  ])('%j cannot be read: %s', async (line, code) => {
    const result = await validateAddressLine(provider, line, knowsCity)
    expect(result.ok ? undefined : result.error.code).toBe(code)
  })
})

describe('another provider', () => {
  it('is asked with the normalised address and believed', async () => {
    const asked: Address[] = []
    const exact: AddressProvider = {
      geocode: (address) => {
        asked.push(address)
        return Promise.resolve({ city: 'Lindon', state: 'UT', postalCode: '84042-2011', latitude: 40.332486, longitude: -111.728156, confidence: 'ADDRESS' })
      },
    }
    const result = await validateAddressLine(exact, { address: '333 S 520 W, Lindon, Utah', country: 'UNK' })
    expect(asked.map((address) => `${address.streetName} ${address.state}`)).toEqual(['520 UT'])
    expect(result.ok ? addressValidationView(result.value) : undefined).toMatchObject({
      customerServiceRecord: { postalCode: '84042-2011' },
      latitude: '40.332486',
      longitude: '-111.728156',
      valid: true,
    })
  })
})

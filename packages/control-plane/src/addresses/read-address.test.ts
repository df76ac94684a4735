import { describe, expect, it } from 'vitest'

import { formatAddress, formatStreet, NO_ADDRESS, NOBODY, simpleAddress, type E911Address } from './address.ts'
import { checkAddress, checkE911Address } from './check-address.ts'
import { readAddress } from './read-address.ts'
import { requiredUnitFields } from './required-unit.ts'
import { unitOfLocation } from './secondary-unit.ts'

const LINDON: E911Address = {
  ...NO_ADDRESS,
  ...NOBODY,
  streetNumber: '333',
  preDirectional: 'S',
  streetName: '520',
  postDirectional: 'W',
  city: 'Lindon',
  state: 'UT',
  postalCode: '84042',
}

function read(input: unknown): E911Address {
  const result = readAddress(input)
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}

function problemsOf(input: unknown): readonly string[] {
  const result = readAddress(input)
  return result.ok ? [] : result.error.map((problem) => `${problem.field} ${problem.code}`)
}

describe('readAddress takes every form of C-35', () => {
  it('flat NENA elements (S1-86, spec)', () => {
    const body = {
      firstName: 'John', lastName: 'Smith', streetNumber: '333', preDirectional: 'S', streetName: '520', postDirectional: 'W', city: 'Lindon', state: 'UT', country: 'USA',
      postalCode: '84042', secondaryLocationDescription: 'SUITE', unit: '500', customerType: 'RESIDENTIAL', customerName: 'Smith John',
    } // prettier-ignore
    expect(read(body)).toEqual({
      ...LINDON,
      firstName: 'John',
      lastName: 'Smith',
      secondaryLocationDescription: 'SUITE',
      unit: '500',
      customerType: 'RESIDENTIAL',
    })
  })

  it('the nested form with coordinates as text (S1-86)', () => {
    const body = {
      address: {
        firstName: 'John',
        streetNumber: '333',
        preDirectional: 'S',
        streetName: '520',
        postDirectional: 'W',
        city: 'Lindon',
        state: 'UT',
        postalCode: '84042',
      },
    }
    expect(read({ ...body, latitude: '40.332492', longitude: '-111.728167' })).toEqual({
      ...LINDON,
      firstName: 'John',
      latitude: '40.332492',
      longitude: '-111.728167',
    })
  })

  it('the simple form of S2-30: location fills the part of the building and is kept', () => {
    expect(read({ street: '333 S 520 W', city: 'Lindon', state: 'Utah', zipCode: '84042', location: 'Suite 200' })).toEqual({
      ...LINDON,
      secondaryLocationDescription: 'SUITE',
      unit: '200',
      location: 'Suite 200',
    })
    expect(read({ street: '333 S 520 W', city: 'Lindon', state: 'UT', zipCode: '84042', location: 'behind the barn' })).toEqual({
      ...LINDON,
      location: 'behind the barn',
    })
  })

  it('the simple form without a location (S2-64), nested, and with the unit in the street', () => {
    const simple = { street: '333 S 520 W', city: 'Lindon', state: 'UT', zipCode: '84042' }
    expect(read(simple)).toEqual(LINDON)
    expect(read({ address: simple })).toEqual(LINDON)
    expect(read({ ...simple, street: '333 S 520 W Apt 7' })).toEqual({ ...LINDON, secondaryLocationDescription: 'APARTMENT', unit: '7' })
  })

  it('one line of text', () => {
    expect(read('333 S 520 W, Lindon, UT 84042')).toEqual(LINDON)
  })

  it('numbers where text is usual', () => {
    expect(
      read({
        streetNumber: 333,
        preDirectional: 'S',
        streetName: 520,
        postDirectional: 'W',
        city: 'Lindon',
        state: 'UT',
        postalCode: 84042,
        latitude: 40.332492,
        longitude: -111.7,
      }),
    ).toEqual({
      ...LINDON,
      latitude: '40.332492',
      longitude: '-111.700000',
    })
  })

  it.each([
    ['preDirectional', 'South', 'S'],
    ['preDirectional', 's.', 'S'],
    ['postDirectional', 'South West', 'SW'],
    ['postDirectional', 'north-east', 'NE'],
    ['state', 'utah', 'UT'],
    ['country', 'us', 'USA'],
    ['country', 'UNK', 'USA'],
    ['postalCode', '840421234', '84042-1234'],
    ['secondaryLocationDescription', 'Lobby', 'LOBBY'],
    ['streetName', '  Old\tMill  ', 'Old Mill'],
    ['streetSuffix', 'Street', 'Street'],
    ['unit', '12345678901', '1234567890'],
    ['firstName', null, ''],
  ] as const)('%s %j is kept as %j', (field, value, expected) => {
    expect(read({ ...LINDON, [field]: value })[field]).toBe(expected)
  })

  it('the province says the country; a unit without a word is a UNIT', () => {
    expect(read({ streetNumber: '1', streetName: 'King', city: 'Toronto', state: 'Ontario', postalCode: 'm5h1a1' })).toMatchObject({
      country: 'CAN',
      state: 'ON',
      postalCode: 'M5H 1A1',
    })
    expect(read({ ...LINDON, unit: '5' })).toMatchObject({ secondaryLocationDescription: 'UNIT', unit: '5' })
    expect(read({ ...LINDON, secondaryLocationDescription: 'Ste.', unit: '5' })).toMatchObject({ secondaryLocationDescription: 'SUITE' })
  })

  it.each([
    [undefined, ['address InvalidAddress']],
    [[], ['address InvalidAddress']],
    [{ preDirectional: 'upwards' }, ['preDirectional InvalidPreDirectional']],
    [{ state: 'Atlantis' }, ['state InvalidState']],
    [{ country: 'FRA' }, ['country InvalidCountry']],
    [{ postalCode: '8404' }, ['postalCode InvalidPostalCode']],
    [{ zipCode: 'abc' }, ['zipCode InvalidPostalCode']],
    [{ latitude: '91', longitude: '0' }, ['latitude InvalidLatitude']],
    [{ latitude: 40, longitude: -181 }, ['longitude InvalidLongitude']],
    [{ latitude: '40.3' }, ['longitude InvalidLongitude']],
    [{ latitude: 'north', longitude: '1' }, ['latitude InvalidLatitude']],
    [{ latitude: Number.NaN, longitude: 1 }, ['latitude InvalidLatitude']],
    [{ city: {} }, ['city InvalidCity']],
    [{ city: true, state: 'Atlantis' }, ['state InvalidState', 'city InvalidCity']],
    [{ streetName: 'x'.repeat(257) }, ['streetName InvalidStreetName']],
    [{ secondaryLocationDescription: 'CAVE' }, ['secondaryLocationDescription InvalidSecondaryLocationDescription']],
    [{ customerType: 'ALIEN' }, ['customerType InvalidCustomerType']],
  ])('%j is refused by field', (input, expected) => {
    expect(problemsOf(input)).toEqual(expected)
  })

  it('is not misled by a body that names properties of objects', () => {
    const result = readAddress(JSON.parse('{"__proto__": {"city": "Lindon"}, "constructor": "x", "state": "constructor"}'))
    expect(result.ok).toBe(false)
  })
})

describe('written out again', () => {
  it('as one line and as the simple form of surface B', () => {
    const address = {
      ...LINDON,
      streetNumberSuffix: '1/2',
      streetName: 'Jefferson',
      streetSuffix: 'St',
      secondaryLocationDescription: 'SUITE',
      unit: '500',
    } as const
    expect(formatStreet(address)).toBe('333 1/2 S Jefferson St W')
    expect(formatAddress(address)).toBe('333 1/2 S Jefferson St W, Suite 500, Lindon, UT 84042')
    expect(simpleAddress(address)).toEqual({ street: '333 1/2 S Jefferson St W', city: 'Lindon', state: 'UT', zipCode: '84042', location: 'Suite 500' })
    expect(simpleAddress({ ...address, location: 'Suite 500, by the pool' }).location).toBe('Suite 500, by the pool')
  })

  it('the simple form is read back as the same address', () => {
    const address = { ...LINDON, secondaryLocationDescription: 'FLOOR', unit: '3' } as const
    expect(read(simpleAddress(address))).toEqual({ ...address, location: 'Floor 3' })
  })

  it('a French street keeps its order', () => {
    expect(formatStreet(read('1234 Rue Sainte-Catherine O, Montréal, QC H3G 1P1'))).toBe('1234 Rue Sainte-Catherine W')
  })
})

describe('checkE911Address (S1-77, S2-03, S2-44)', () => {
  it('passes a complete civic address, with or without coordinates', () => {
    expect(checkE911Address(LINDON)).toEqual([])
    expect(checkE911Address({ ...LINDON, latitude: '40.332492', longitude: '-111.728167' })).toEqual([])
  })

  it.each([
    [{ streetNumber: '' }, ['StreetNumberRequired']],
    [{ streetName: '' }, ['StreetNameRequired']],
    [{ city: '', state: '', postalCode: '' }, ['CityRequired', 'StateRequired', 'PostalCodeRequired']],
    [{ streetNumber: '', streetName: 'PO Box 12' }, ['InvalidStreetName']],
    [{ state: 'AE', city: 'APO' }, ['InvalidStreetName']],
    [{ state: 'ON' }, ['InvalidState']],
    [{ postalCode: 'M5V 2T6' }, ['InvalidPostalCode']],
    [{ secondaryLocationDescription: 'SUITE' }, ['UnitRequired']],
    [{ secondaryLocationDescription: 'LOBBY' }, []],
    [{ streetNumber: '', streetName: '', latitude: '40.3', longitude: '-111.7' }, ['StreetNumberRequired', 'StreetNameRequired']],
  ] as const)('%j gives %j', (change, codes) => {
    expect(checkE911Address({ ...LINDON, ...change }).map((problem) => problem.code)).toEqual(codes)
  })

  it('mail may go to a box', () => {
    expect(checkAddress({ ...LINDON, streetNumber: '', streetName: 'PO Box 12' })).toEqual([])
  })
})

describe('requiredUnitFields (S1-68; a heuristic on words)', () => {
  it.each([
    [{ streetName: 'Penn', streetSuffix: 'Plz' }, ['unit', 'secondaryLocationDescription']],
    [{ streetName: 'Penn', streetSuffix: 'Plaza' }, ['unit', 'secondaryLocationDescription']],
    [{ location: 'Willis Tower' }, ['unit', 'secondaryLocationDescription']],
    [{ location: 'Oak Business Park' }, ['unit', 'secondaryLocationDescription']],
    [{ streetName: 'Canyon Park Office Building' }, ['unit', 'secondaryLocationDescription']],
    [{ secondaryLocationDescription: 'SUITE' }, ['unit']],
    [{ secondaryLocationDescription: 'LOBBY', location: 'Willis Tower' }, []],
    [{ unit: '5', secondaryLocationDescription: 'SUITE', location: 'Willis Tower' }, []],
    [{ streetName: 'Towerline', streetSuffix: 'Rd' }, []],
    [{ streetName: 'Center', streetSuffix: 'St' }, []],
    [{}, []],
  ] as const)('%j asks for %j', (change, fields) => {
    expect(requiredUnitFields({ ...LINDON, ...change })).toEqual(fields)
  })
})

describe('unitOfLocation (C-35)', () => {
  it.each([
    ['Suite 200', 'SUITE 200'],
    ['2nd Floor, Suite 200', 'SUITE 200'],
    ['apt #5', 'APARTMENT 5'],
    ['Rear', 'REAR '],
    ['the blue door', undefined],
    ['', undefined],
  ])('%j is %s', (location, expected) => {
    const unit = unitOfLocation(location)
    expect(unit === undefined ? undefined : `${unit.secondaryLocationDescription} ${unit.unit}`).toBe(expected)
  })
})

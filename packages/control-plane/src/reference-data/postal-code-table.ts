import { placeKey } from './place-key.ts'

/**
 * ZIPs and Canadian forward sortation areas: the text as packed, plus the columns that searches scan. A row is read from the text when it is asked for,
 * so 44 000 of them cost 3 MB instead of 15.
 */
export interface PostalCodeTable {
  /** `postalCodeKey` of each row, ascending. */
  readonly codes: Uint32Array
  /** Ten-thousandths of a degree; NO_COORDINATE where the source has none. */
  readonly latitudes: Int32Array
  readonly longitudes: Int32Array
  locality(row: number): Locality
  /** The rows of a city, ascending. @param state abbreviation. */
  rowsOfCity(city: string, state: string): readonly number[]
}

export interface Locality {
  /** The name to write first, then others that are accepted. */
  readonly cities: readonly string[]
  readonly state: string
  readonly county: string
}

export const NO_COORDINATE = 0x7fffffff
export const DEGREE_SCALE = 10_000

/** Five digits or a forward sortation area as one number: base 36 keeps 00501 and M5V apart. */
export function postalCodeKey(code: string): number {
  return Number.parseInt(code, 36)
}

export function postalCodeText(key: number): string {
  const text = key.toString(36).toUpperCase()
  return /^[A-Z]/.test(text) ? text : text.padStart(5, '0')
}

/** Degrees as text to ten-thousandths; an empty text means the source has none. */
export function scaled(degrees: string): number {
  return degrees === '' ? NO_COORDINATE : Math.round(Number(degrees) * DEGREE_SCALE)
}

/** @param text lines `code|city;other names|state|county|latitude|longitude`, ordered by `postalCodeKey`. */
export function readPostalCodeTable(text: string): PostalCodeTable {
  const lineStarts = startsOfLines(text)
  const rowCount = lineStarts.length
  const columns = { codes: new Uint32Array(rowCount), latitudes: new Int32Array(rowCount), longitudes: new Int32Array(rowCount) }
  const rowsByState = new Map<string, number[]>()
  const fieldsOf = (row: number): readonly string[] => text.slice(lineStarts[row] ?? 0, text.indexOf('\n', lineStarts[row] ?? 0)).split('|')
  for (let row = 0; row < rowCount; row++) {
    const [code = '', , state = '', , latitude = '', longitude = ''] = fieldsOf(row)
    columns.codes[row] = postalCodeKey(code)
    columns.latitudes[row] = scaled(latitude)
    columns.longitudes[row] = scaled(longitude)
    const rows = rowsByState.get(state)
    if (rows === undefined) rowsByState.set(state, [row])
    else rows.push(row)
  }
  const locality = (row: number): Locality => {
    const [, cities = '', state = '', county = ''] = fieldsOf(row)
    return { cities: cities.split(';'), state, county }
  }
  return { ...columns, locality, rowsOfCity: cityIndex(rowsByState, locality) }
}

/** City names are keyed a state at a time, when the first city of that state is looked up. */
function cityIndex(rowsByState: ReadonlyMap<string, readonly number[]>, locality: (row: number) => Locality): PostalCodeTable['rowsOfCity'] {
  const indexByState = new Map<string, ReadonlyMap<string, readonly number[]>>()
  return (city, state) => {
    const rows = rowsByState.get(state)
    if (rows === undefined) return []
    const index = indexByState.get(state) ?? rowsByCity(rows, locality)
    indexByState.set(state, index)
    return index.get(placeKey(city)) ?? []
  }
}

function rowsByCity(rows: readonly number[], locality: (row: number) => Locality): ReadonlyMap<string, readonly number[]> {
  const index = new Map<string, number[]>()
  for (const row of rows) {
    for (const key of new Set(locality(row).cities.map(placeKey))) {
      const found = index.get(key)
      if (found === undefined) index.set(key, [row])
      else found.push(row)
    }
  }
  return index
}

function startsOfLines(text: string): Uint32Array {
  const starts: number[] = []
  for (let start = 0; start < text.length; start = text.indexOf('\n', start) + 1) starts.push(start)
  return Uint32Array.from(starts)
}

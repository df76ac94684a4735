import type { CountryCode } from '../reference-data/index.ts'

import { takeEnding, type AddressEnding, type KnowsCity } from './address-ending.ts'
import { missingParts, NO_ADDRESS, postOfficeBoxOf, type Address, type AddressPart } from './address.ts'
import { directionalOf } from './directional.ts'
import { parseStreet, wordsOf } from './parse-street.ts'
import { formatSecondaryUnit, readSecondaryUnits, type SecondaryUnit } from './secondary-unit.ts'
import { isCommonStreetSuffix } from './street-suffix.ts'

export interface ParsedAddress {
  readonly address: Address
  /** The parts that were not in the text. */
  readonly missing: readonly AddressPart[]
  /** Number of the post office box, when it is one. */
  readonly postOfficeBox: string | undefined
}

export interface ParseAddressOptions {
  /** Assumed when the text does not say. */
  readonly country?: CountryCode | undefined
  readonly knowsCity?: KnowsCity | undefined
}

/** Longer text is not an address. */
export const MAXIMUM_ADDRESS_LENGTH = 512

/** Words of a city looked for at the end of a line without commas: "Rancho Santa Margarita", "Village of Four Seasons". */
const MAXIMUM_CITY_WORDS = 5

/**
 * Reads an address written on one line into its NENA elements (S1-64, S1-82): "333 S 520 W, Lindon, UT", "123 1/2 S. Jefferson St SW, Houston, Texas 54321".
 * Commas help and are not needed. Never fails: what it could not find is named in `missing`.
 */
export function parseAddress(text: string, o: ParseAddressOptions = {}): ParsedAddress {
  const pieces = text
    .slice(0, MAXIMUM_ADDRESS_LENGTH)
    .split(/[,;\n\r]+/)
    .map(wordsOf)
  const ending = takeEnding(pieces, o.knowsCity)
  const lines = readLines(ending, o.knowsCity)
  const country = ending.country ?? (/^[A-Z]/.test(ending.postalCode) ? 'CAN' : o.country) ?? 'USA'
  const street = parseStreet(lines.street, {
    country,
    french: country === 'CAN' && (ending.state === 'QC' || /^(?:\S+\s+)?(?:rue|chemin)\s/i.test(lines.street)),
  })
  const unit = lines.unit ?? { secondaryLocationDescription: street.secondaryLocationDescription, unit: street.unit }
  const outer = lines.unit === undefined || street.secondaryLocationDescription === '' ? '' : formatSecondaryUnit(street)
  const location = [...lines.location, street.location, outer].filter((part) => part !== '').join(', ')
  const address: Address = { ...NO_ADDRESS, ...street, ...unit, location, city: lines.city, state: ending.state, country, postalCode: ending.postalCode }
  return { address, missing: missingParts(address), postOfficeBox: postOfficeBoxOf(address.streetName) }
}

interface Lines {
  readonly street: string
  readonly city: string
  /** The part of the building that stood between commas of its own. */
  readonly unit: SecondaryUnit | undefined
  readonly location: readonly string[]
}

/** Says which piece is the street, which the city, and which speaks of the inside of the building. */
function readLines(ending: AddressEnding, knowsCity: KnowsCity | undefined): Lines {
  const units = ending.pieces.flatMap((piece) => readSecondaryUnits(piece) ?? [])
  const others = ending.pieces.filter((piece) => readSecondaryUnits(piece) === undefined)
  const withoutCounty = others.length > 2 && /^county$/i.test(others.at(-1)?.at(-1) ?? '') ? others.slice(0, -1) : others
  const lines = withoutCounty.length > 1 ? readSeveral(withoutCounty) : readSingle(withoutCounty[0] ?? [], ending.state, knowsCity)
  const city =
    lines.city === '' && ending.stateAsWritten !== '' && knowsCity?.(ending.stateAsWritten, ending.state) === true ? ending.stateAsWritten : lines.city
  return { street: lines.street, city, unit: units.at(-1), location: [...lines.location, ...units.slice(0, -1).map(formatSecondaryUnit)] }
}

/** The street is the piece that begins with a number, the city the last one, everything else words about the location. */
function readSeveral(pieces: readonly (readonly string[])[]): Pick<Lines, 'street' | 'city' | 'location'> {
  const numbered = pieces.findIndex((piece, position) => position < pieces.length - 1 && isStreet(piece))
  const streetAt = Math.max(numbered, 0)
  const location = pieces.slice(0, -1).filter((_piece, position) => position !== streetAt)
  return { street: joined(pieces[streetAt]), city: joined(pieces.at(-1)), location: location.map(joined) }
}

function readSingle(words: readonly string[], state: string, knowsCity: KnowsCity | undefined): Pick<Lines, 'street' | 'city' | 'location'> {
  if (!isStreet(words) && !isCommonStreetSuffix(words.at(-1) ?? '')) return { street: '', city: joined(words), location: [] }
  const cityAt = startOfCity(words, state, knowsCity)
  return { street: joined(words.slice(0, cityAt)), city: joined(words.slice(cityAt)), location: [] }
}

/** Where the city begins on a line without a comma before it; the number of words when there is none. */
function startOfCity(words: readonly string[], state: string, knowsCity: KnowsCity | undefined): number {
  if (state !== '' && knowsCity !== undefined) {
    for (let count = Math.min(MAXIMUM_CITY_WORDS, words.length - 2); count > 0; count--) {
      if (knowsCity(words.slice(-count).join(' '), state)) return words.length - count
    }
  }
  const streetEnd = words.findIndex((word, position) => position >= 2 && isCommonStreetSuffix(word) && !isCommonStreetSuffix(words[position + 1] ?? ''))
  if (streetEnd < 0) return words.length
  return skipInside(words, directionalOf(words[streetEnd + 1] ?? '') === undefined ? streetEnd + 1 : streetEnd + 2)
}

/** Steps over "Apt 5" between the street and the city. */
function skipInside(words: readonly string[], start: number): number {
  const ends = [start + 2, start + 1].filter((end) => end <= words.length && readSecondaryUnits(words.slice(start, end)) !== undefined)
  return ends[0] ?? start
}

function isStreet(words: readonly string[]): boolean {
  const [first = '', second] = words
  return (
    (second !== undefined && (/^\d/.test(first) || /^[NSEW]\d+[NSEW]\d+$/i.test(first) || /^one$/i.test(first))) ||
    postOfficeBoxOf(words.join(' ')) !== undefined
  )
}

function joined(words: readonly string[] | undefined): string {
  return (words ?? []).join(' ')
}

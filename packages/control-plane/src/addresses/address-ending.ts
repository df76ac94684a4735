import { countryOfState, stateAbbreviation, type CountryCode } from '../reference-data/index.ts'

import { directionalOf } from './directional.ts'
import { isCommonStreetSuffix, streetSuffixOf } from './street-suffix.ts'

/** What stands at the end of a one-line address, and the words before it, still in the pieces between the commas. */
export interface AddressEnding {
  readonly country: CountryCode | undefined
  readonly postalCode: string
  readonly state: string
  /** The state was written out and nothing else stood between its commas: it may be a city of the same name. */
  readonly stateAsWritten: string
  readonly pieces: readonly (readonly string[])[]
}

/** Whether the city is known in that state; lets an address be read that has no commas. */
export type KnowsCity = (city: string, state: string) => boolean

const COUNTRIES: Readonly<Record<string, CountryCode>> = {
  USA: 'USA', US: 'USA', 'UNITED STATES': 'USA', 'UNITED STATES OF AMERICA': 'USA', CANADA: 'CAN', CAN: 'CAN',
} // prettier-ignore

/** "USA", "U.S.", "Canada" → the code; also the country names of the API. */
export function countryCodeOf(text: string): CountryCode | undefined {
  const key = text.trim().toUpperCase().replaceAll('.', '')
  return Object.hasOwn(COUNTRIES, key) ? COUNTRIES[key] : undefined
}

/** Takes country, postal code and state off the end, in whatever order they are written. */
export function takeEnding(written: readonly (readonly string[])[], knowsCity: KnowsCity | undefined): AddressEnding {
  let ending: AddressEnding = { country: undefined, postalCode: '', state: '', stateAsWritten: '', pieces: written.filter((piece) => piece.length > 0) }
  for (let round = 0; round < 3; round++) {
    ending = takeCountry(ending)
    ending = takePostalCode(ending)
    ending = takeState(ending, knowsCity)
  }
  return ending
}

function takeCountry(ending: AddressEnding): AddressEnding {
  if (ending.country !== undefined) return ending
  const last = ending.pieces.at(-1) ?? []
  for (const count of [4, 2, 1]) {
    const country = last.length >= count ? countryCodeOf(last.slice(-count).join(' ')) : undefined
    if (country !== undefined) return { ...ending, country, pieces: without(ending.pieces, count) }
  }
  return ending
}

function takePostalCode(ending: AddressEnding): AddressEnding {
  if (ending.postalCode !== '') return ending
  const last = ending.pieces.at(-1) ?? []
  const one = normalizePostalCode(last.at(-1) ?? '')
  if (one !== undefined) return { ...ending, postalCode: one, pieces: without(ending.pieces, 1) }
  const two = last.length >= 2 ? normalizePostalCode(last.slice(-2).join(' ')) : undefined
  return two === undefined ? ending : { ...ending, postalCode: two, pieces: without(ending.pieces, 2) }
}

/** @returns `84042`, `84042-1234`, `M5V 2T6`, or undefined when the text is no postal code. Canada leaves out D F I O Q U, and W Z in front. */
export function normalizePostalCode(text: string): string | undefined {
  const plain = text.trim().toUpperCase()
  const [, zip, extension] = /^(\d{5})(?:-?(\d{4}))?$/.exec(plain) ?? []
  if (zip !== undefined) return extension === undefined ? zip : `${zip}-${extension}`
  const [, area, local] = /^([ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z])[ -]?(\d[ABCEGHJ-NPRSTV-Z]\d)$/.exec(plain) ?? []
  return area === undefined || local === undefined ? undefined : `${area} ${local}`
}

function takeState(ending: AddressEnding, knowsCity: KnowsCity | undefined): AddressEnding {
  if (ending.state !== '') return ending
  const last = ending.pieces.at(-1) ?? []
  for (const count of [4, 3, 2, 1]) {
    const written = last.slice(-count).join(' ')
    const state = last.length >= count ? stateAbbreviation(written) : undefined
    if (state === undefined || !isStateThere(ending, last.slice(0, -count), state, knowsCity)) continue
    const country = ending.country ?? countryOfState(state)
    return { ...ending, state, country, stateAsWritten: last.length === count && written.length > 2 ? written : '', pieces: without(ending.pieces, count) }
  }
  return ending
}

/** Without a comma, "NE" and "CT" may be a direction or a court: they are a state only when a city stands before them. */
function isStateThere(ending: AddressEnding, before: readonly string[], state: string, knowsCity: KnowsCity | undefined): boolean {
  if (ending.pieces.length > 1 || ending.postalCode !== '' || before.length === 0) return true
  const isAmbiguous = directionalOf(state) !== undefined || streetSuffixOf(state) !== undefined || state === 'FL'
  if (!isAmbiguous) return before.length >= 2 || !/^\d/.test(before[0] ?? '')
  if (isCommonStreetSuffix(before.at(-1) ?? '')) return false
  if (knowsCity === undefined) return before.length >= 4
  return [3, 2, 1].some((count) => before.length > count && knowsCity(before.slice(-count).join(' '), state))
}

function without(pieces: readonly (readonly string[])[], wordCount: number): readonly (readonly string[])[] {
  const rest = (pieces.at(-1) ?? []).slice(0, -wordCount)
  return rest.length === 0 ? pieces.slice(0, -1) : [...pieces.slice(0, -1), rest]
}

import type { CountryCode } from '../reference-data/index.ts'

import { normalizePostOfficeBox, postOfficeBoxOf, type Address } from './address.ts'
import { combinedDirectional, directionalOf, type Directional } from './directional.ts'
import { isUnmistakableDesignator, readSecondaryUnits, formatSecondaryUnit, type SecondaryUnit } from './secondary-unit.ts'
import { frenchStreetTypeOf, isCommonStreetSuffix, streetSuffixOf } from './street-suffix.ts'

/** The elements of the line of an address that names the street. */
export type Street = Pick<
  Address,
  | 'streetNumber'
  | 'streetNumberSuffix'
  | 'preDirectional'
  | 'streetName'
  | 'streetSuffix'
  | 'postDirectional'
  | 'secondaryLocationDescription'
  | 'unit'
  | 'location'
>

const NO_STREET: Street = {
  streetNumber: '',
  streetNumberSuffix: '',
  preDirectional: '',
  streetName: '',
  streetSuffix: '',
  postDirectional: '',
  secondaryLocationDescription: '',
  unit: '',
  location: '',
}

/**
 * Splits a street line into its elements: "123 1/2 S. Jefferson St SW Apt 5" (S1-82). Words it does not understand stay in `streetName`; nothing is lost.
 * @param french true for Quebec, where the kind of street comes first and O is west.
 */
export function parseStreet(line: string, o: { country: CountryCode; french: boolean } = { country: 'USA', french: false }): Street {
  if (postOfficeBoxOf(line) !== undefined) return { ...NO_STREET, streetName: normalizePostOfficeBox(line) }
  const words = wordsOf(line)
  const unitsAt = startOfUnits(words)
  const units = readSecondaryUnits(words.slice(unitsAt)) ?? []
  const number = takeNumber(words.slice(0, unitsAt), o.country)
  return { ...NO_STREET, ...number.elements, ...(o.french ? readFrenchName(number.rest) : readName(number.rest)), ...inside([...number.units, ...units]) }
}

/** Words without the dots and commas that only end them; fractions apart from the number before them. */
export function wordsOf(line: string): readonly string[] {
  const text = line.replaceAll('½', ' 1/2').replaceAll('¼', ' 1/4').replaceAll('¾', ' 3/4')
  return text
    .split(/[\s,]+/)
    .map((word) => (word === '#' ? word : word.replace(/\.+$/, '')))
    .filter((word) => word !== '')
}

/** NENA has room for one part of the building: the last, most exact one; the others go into the words about the location. */
export function inside(units: readonly SecondaryUnit[]): Pick<Address, 'secondaryLocationDescription' | 'unit' | 'location'> {
  const last = units.at(-1)
  if (last === undefined) return { secondaryLocationDescription: '', unit: '', location: '' }
  return { ...last, location: units.slice(0, -1).map(formatSecondaryUnit).join(', ') }
}

/** Position of the first word that speaks of a part of the building: a number and a name come before it. */
function startOfUnits(words: readonly string[]): number {
  const first = /\d/.test(words[0] ?? '') ? 2 : 1
  for (let position = first; position < words.length; position++) {
    if (readSecondaryUnits(words.slice(position)) === undefined) continue
    if (isUnmistakableDesignator(words[position] ?? '') || endsStreet(words.slice(0, position))) return position
  }
  return words.length
}

/** "Front", "Pier", "Lot" are streets too: they mean a part of a building only after the street is complete. */
function endsStreet(words: readonly string[]): boolean {
  const last = words.at(-1) ?? ''
  const name = words.slice(/\d/.test(words[0] ?? '') ? 1 : 0, -1)
  return name.some((word) => directionalOf(word) === undefined) && (streetSuffixOf(last) !== undefined || directionalOf(last) !== undefined)
}

interface StreetNumber {
  readonly elements: Pick<Address, 'streetNumber' | 'streetNumberSuffix'>
  readonly units: readonly SecondaryUnit[]
  readonly rest: readonly string[]
}

function takeNumber(words: readonly string[], country: CountryCode): StreetNumber {
  const [first = '', second = ''] = words
  const found = (streetNumber: string, streetNumberSuffix: string, used: number, unit = ''): StreetNumber => ({
    elements: { streetNumber, streetNumberSuffix },
    units: unit === '' ? [] : [{ secondaryLocationDescription: 'UNIT', unit }],
    rest: words.slice(used),
  })
  if (words.length >= 3 && /^one$/i.test(first)) return found('1', '', 1)
  const unitAndNumber = /^(\d{1,5}[A-Z]?)-(\d{1,6})$/i.exec(first)
  if (country === 'CAN' && unitAndNumber !== null) return found(unitAndNumber[2] ?? '', '', 1, unitAndNumber[1] ?? '')
  const fraction = /^(\d{1,8})-(\d\/\d)$/.exec(first)
  if (fraction !== null) return found(fraction[1] ?? '', fraction[2] ?? '', 1)
  const plain = /^(\d{1,8})-?([A-Z]?)$/i.exec(first)
  if (plain !== null && /^\d\/\d$/.test(second)) return found(first, second, 2)
  if (plain !== null) return found(plain[1] ?? '', (plain[2] ?? '').toUpperCase(), 1)
  const hyphenatedOrGrid = /^(?:\d{1,5}-\d{1,5}[A-Z]?|[NSEW]\d{1,5}[NSEW]\d{1,6})$/i.test(first)
  return hyphenatedOrGrid ? found(first.toUpperCase(), '', 1) : found('', '', 0)
}

type StreetName = Pick<Address, 'preDirectional' | 'streetName' | 'streetSuffix' | 'postDirectional'>

/** Directional, name, suffix, directional (Publication 28 section 233); what stands alone is the name: "N St", "West", "Avenue N". */
function readName(words: readonly string[]): StreetName {
  const before = takePreDirectional(words)
  const after = takePostDirectional(before.rest)
  const last = after.rest.at(-1) ?? ''
  const suffix = after.rest.length > 1 ? streetSuffixOf(last) : undefined
  const name = suffix === undefined ? after.rest : after.rest.slice(0, -1)
  return { preDirectional: before.direction, streetName: name.join(' '), streetSuffix: suffix ?? '', postDirectional: after.direction }
}

function takePreDirectional(words: readonly string[]): { readonly direction: Directional; readonly rest: readonly string[] } {
  const [first = '', second = '', third] = words
  const combined = third === undefined ? undefined : combinedDirectional(first, second)
  if (combined !== undefined) return { direction: combined, rest: words.slice(2) }
  const direction = directionalOf(first)
  const onlySuffixFollows = isCommonStreetSuffix(second) && (third === undefined || (words.length === 3 && directionalOf(third) !== undefined))
  if (direction === undefined || second === '' || onlySuffixFollows) return { direction: '', rest: words }
  return { direction, rest: words.slice(1) }
}

function takePostDirectional(words: readonly string[]): { readonly direction: Directional; readonly rest: readonly string[] } {
  const combined = words.length > 2 ? combinedDirectional(words.at(-2) ?? '', words.at(-1) ?? '') : undefined
  if (combined !== undefined) return { direction: combined, rest: words.slice(0, -2) }
  const direction = directionalOf(words.at(-1) ?? '')
  const isAvenueN = words.length === 2 && streetSuffixOf(words[0] ?? '') !== undefined && !/^\d/.test(words[0] ?? '')
  if (direction === undefined || words.length < 2 || isAvenueN) return { direction: '', rest: words }
  return { direction, rest: words.slice(0, -1) }
}

/** "rue Sainte-Catherine O": the kind of street is kept as the suffix, so that every address has one place for it. */
function readFrenchName(words: readonly string[]): StreetName {
  const type = words.length > 1 ? frenchStreetTypeOf(words[0] ?? '') : undefined
  if (type === undefined) return readName(words)
  const direction = words.length > 2 ? directionalOf(words.at(-1) ?? '', true) : undefined
  const name = words.slice(1, direction === undefined ? undefined : -1)
  return { preDirectional: '', streetName: name.join(' '), streetSuffix: type, postDirectional: direction ?? '' }
}

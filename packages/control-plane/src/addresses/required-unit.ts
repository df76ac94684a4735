import type { Address } from './address.ts'
import { needsUnitNumber } from './secondary-unit.ts'

export type UnitField = 'unit' | 'secondaryLocationDescription'

/** Words that name a building with many doors. Left out on purpose: Center, Court, Square, Village and others that are as often a plain street. */
const BUILDING_WORDS: ReadonlySet<string> = new Set([
  'APARTMENTS', 'APTS', 'CONDO', 'CONDOS', 'CONDOMINIUM', 'CONDOMINIUMS', 'HIGHRISE', 'LOFTS', 'MALL', 'PLAZA', 'PLZ', 'SKYSCRAPER', 'SUITES', 'TOWER', 'TOWERS',
]) // prettier-ignore

/** Two words that say the same. */
const BUILDING_PHRASES = /\b(?:(?:business|office|medical|professional|executive|corporate)\s+(?:park|center|building|complex)|empire state building)\b/i

/**
 * The fields that have to be added before a responder can find the door (S1-68).
 *
 * This is a heuristic on words, not knowledge of buildings: a street that is called "Plaza" asks for a unit that may not exist, and an apartment house on a plain street
 * is not noticed. It therefore asks and never makes an address invalid. A provider with delivery point data can replace it.
 */
export function requiredUnitFields(address: Address): readonly UnitField[] {
  const { secondaryLocationDescription, unit } = address
  if (unit !== '') return []
  if (secondaryLocationDescription !== '') return needsUnitNumber(secondaryLocationDescription) ? ['unit'] : []
  const text = [address.streetName, address.streetSuffix, address.location].join(' ')
  const isNamedAfterBuilding = text.split(/[^A-Za-z]+/).some((word) => BUILDING_WORDS.has(word.toUpperCase()))
  return isNamedAfterBuilding || BUILDING_PHRASES.test(text) ? ['unit', 'secondaryLocationDescription'] : []
}

/** The eight directions of a street (S1-82, USPS Publication 28 section 233); empty when there is none. */
export const DIRECTIONALS = ['N', 'NE', 'E', 'SE', 'S', 'SW', 'W', 'NW'] as const

export type Directional = (typeof DIRECTIONALS)[number] | ''

const ENGLISH: Readonly<Record<string, Directional>> = {
  N: 'N', NORTH: 'N', NO: 'N', NE: 'NE', NORTHEAST: 'NE', E: 'E', EAST: 'E', SE: 'SE', SOUTHEAST: 'SE', S: 'S', SOUTH: 'S', SO: 'S', SW: 'SW', SOUTHWEST: 'SW',
  W: 'W', WEST: 'W', NW: 'NW', NORTHWEST: 'NW',
} // prettier-ignore

const FRENCH: Readonly<Record<string, Directional>> = {
  NORD: 'N',
  SUD: 'S',
  EST: 'E',
  O: 'W',
  OUEST: 'W',
  NO: 'NW',
  SO: 'SW',
  'NORD-OUEST': 'NW',
  'SUD-OUEST': 'SW',
  'NORD-EST': 'NE',
  'SUD-EST': 'SE',
}

/**
 * @param word one word in any spelling: "S", "s.", "N.E.", "South".
 * @param french true for addresses in Quebec, where O is Ouest.
 */
export function directionalOf(word: string, french = false): Directional | undefined {
  const key = word.toUpperCase().replaceAll('.', '')
  if (french && Object.hasOwn(FRENCH, key)) return FRENCH[key]
  return Object.hasOwn(ENGLISH, key) ? ENGLISH[key] : undefined
}

/** "South West" in two words: @returns the combined direction, or undefined when the two do not combine. */
export function combinedDirectional(first: string, second: string): Directional | undefined {
  const vertical = directionalOf(first)
  const horizontal = directionalOf(second)
  if ((vertical !== 'N' && vertical !== 'S') || (horizontal !== 'E' && horizontal !== 'W')) return undefined
  return `${vertical}${horizontal}`
}

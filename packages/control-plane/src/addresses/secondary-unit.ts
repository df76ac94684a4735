import type { SecondaryLocationType } from '../reference-data/index.ts'

/** Part of a building: what it is and its number, if it has one. */
export interface SecondaryUnit {
  readonly secondaryLocationDescription: SecondaryLocationType
  readonly unit: string
}

/** Longer units are cut (public-spec 10). */
export const MAXIMUM_UNIT_LENGTH = 10

/** Secondary unit designators of USPS Publication 28, appendix C2, and how people write them. */
const DESIGNATORS: Readonly<Record<string, SecondaryLocationType>> = {
  APT: 'APARTMENT', APARTMENT: 'APARTMENT', APPT: 'APARTMENT', APP: 'APARTMENT', BLDG: 'BUILDING', BUILDING: 'BUILDING', BLD: 'BUILDING', BSMT: 'BASEMENT', BASEMENT: 'BASEMENT',
  DEPT: 'DEPARTMENT', DEPARTMENT: 'DEPARTMENT', FL: 'FLOOR', FLR: 'FLOOR', FLOOR: 'FLOOR', FRNT: 'FRONT', FRONT: 'FRONT', HNGR: 'HANGER', HANGER: 'HANGER', HANGAR: 'HANGER', KEY: 'KEY',
  LBBY: 'LOBBY', LOBBY: 'LOBBY', LOT: 'LOT', LOWR: 'LOWER', LOWER: 'LOWER', OFC: 'OFFICE', OFFICE: 'OFFICE', PH: 'PENTHOUSE', PENTHOUSE: 'PENTHOUSE', PIER: 'PIER', REAR: 'REAR',
  RM: 'ROOM', ROOM: 'ROOM', SIDE: 'SIDE', SLIP: 'SLIP', SPC: 'SPACE', SPACE: 'SPACE', STE: 'SUITE', SUITE: 'SUITE', BUREAU: 'SUITE', STOP: 'STOP', TRLR: 'TRAILER', TRAILER: 'TRAILER',
  UNIT: 'UNIT', '#': 'UNIT', NO: 'UNIT', UPPR: 'UPPER', UPPER: 'UPPER',
} // prettier-ignore

/** These need no number behind them (appendix C2). */
const WITHOUT_NUMBER: ReadonlySet<SecondaryLocationType> = new Set(['BASEMENT', 'FRONT', 'LOBBY', 'LOWER', 'OFFICE', 'PENTHOUSE', 'REAR', 'SIDE', 'UPPER'])

/** Words that never belong to the name of a street: a unit may follow them anywhere. */
const UNMISTAKABLE: ReadonlySet<string> = new Set([
  'APT',
  'APARTMENT',
  'APPT',
  'BLDG',
  'BSMT',
  'DEPT',
  'FRNT',
  'HNGR',
  'LBBY',
  'LOWR',
  'OFC',
  'PENTHOUSE',
  'RM',
  'SPC',
  'STE',
  'SUITE',
  'TRLR',
  'UNIT',
  '#',
  'UPPR',
])

export function needsUnitNumber(description: SecondaryLocationType): boolean {
  return !WITHOUT_NUMBER.has(description)
}

/** "Ste.", "suite", "#", "Hangar" → the published word; undefined for anything else. */
export function secondaryLocationOf(word: string): SecondaryLocationType | undefined {
  const key = word.toUpperCase().replace(/[.:]/g, '')
  return Object.hasOwn(DESIGNATORS, key) ? DESIGNATORS[key] : undefined
}

export function isUnmistakableDesignator(word: string): boolean {
  return UNMISTAKABLE.has((separated(word)[0] ?? '').toUpperCase().replaceAll('.', ''))
}

/**
 * Reads words that say nothing but parts of a building: "Bldg 4 Apt 5B", "#12", "3rd Floor", "Rear".
 * @returns the parts in the order written, or undefined when any word is left over.
 */
export function readSecondaryUnits(words: readonly string[]): readonly SecondaryUnit[] | undefined {
  const rest = words.flatMap(separated)
  const units: SecondaryUnit[] = []
  while (rest.length > 0) {
    const [first = '', second = ''] = rest
    const floor = /^(\d{1,3})(?:st|nd|rd|th)$/i.exec(first)?.[1]
    const description = secondaryLocationOf(first)
    if (floor !== undefined && secondaryLocationOf(second) === 'FLOOR') {
      units.push({ secondaryLocationDescription: 'FLOOR', unit: floor })
      rest.splice(0, 2)
    } else if (description === undefined) {
      return undefined
    } else {
      rest.shift()
      if (rest[0] === '#') rest.shift()
      const unit = takeUnitNumber(rest, description)
      if (unit === undefined) return undefined
      units.push({ secondaryLocationDescription: description, unit })
    }
  }
  return units.length > 0 ? units : undefined
}

/** @returns the number of the unit, '' when the designator needs none, undefined when it does and there is none. */
function takeUnitNumber(rest: string[], description: SecondaryLocationType): string | undefined {
  const [word] = rest
  if (word !== undefined && isUnitNumber(word)) {
    rest.shift()
    return word.replace(/^#/, '').slice(0, MAXIMUM_UNIT_LENGTH)
  }
  return needsUnitNumber(description) ? undefined : ''
}

/** A number, a letter or two, or a mix: "5", "5B", "B-2", "AA", "1/2". */
function isUnitNumber(word: string): boolean {
  return /^#?[A-Z0-9][A-Z0-9/-]*$/i.test(word) && (/\d/.test(word) || word.replace('#', '').length <= 2)
}

/** "#5" → # 5; "Apt.5" and "Ste200" → designator and number. */
function separated(word: string): readonly string[] {
  if (/^#.+/.test(word)) return ['#', word.slice(1)]
  const [, designator, number] = /^(apt|ste|suite|unit|bldg|rm|spc)[.#-]*(\d\w*)$/i.exec(word) ?? []
  return designator === undefined || number === undefined ? [word] : [designator, number]
}

/** "Suite 200", "Lobby, 2nd floor": the part that free text about a location names, the most exact (last) one. */
export function unitOfLocation(location: string): SecondaryUnit | undefined {
  const phrases = location.slice(0, 256).split(/[,;\n]+/)
  return phrases.flatMap((phrase) => readSecondaryUnits(phrase.trim().split(/\s+/)) ?? []).at(-1)
}

/** "Suite 500" as people write it. */
export function formatSecondaryUnit(unit: { readonly secondaryLocationDescription: string; readonly unit: string }): string {
  const { secondaryLocationDescription: word } = unit
  const description = word.charAt(0) + word.slice(1).toLowerCase()
  return [description, unit.unit].filter((part) => part !== '').join(' ')
}

/** What the source lost: it replaced every accented letter. Each entry says which plain letter belongs there; everywhere else it is an e. */
const LOST_LETTERS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/\ufffdle(s?)\b/gi, 'Ile$1'],
  [/a\ufffdores/gi, 'Acores'],
  [/c\ufffdte/gi, 'cote'],
  [/gr\ufffdce/gi, 'grace'],
  [/fran\ufffdois/gi, 'francois'],
  [/ch\ufffdteauguay/gi, 'Chateauguay'],
  [/j\ufffdr\ufffdme/gi, 'jerome'],
  [/lam\ufffdque/gi, 'Lameque'],
  [/\ufffd/g, 'e'],
]

/** Cities that Canada Post serves under one name while the source names the neighbourhood. */
const CITY_OF_PREFIX: readonly (readonly [prefix: RegExp, city: string])[] = [
  [/^M/, 'Toronto'],
  [/^H7/, 'Laval'],
  [/^H/, 'Montreal'],
  [/^G[12]/, 'Quebec'],
  [/^K[124][A-Z]/, 'Ottawa'],
]

const SITUATION = /\s+(?:(?:inner|outer|upper|lower|far|mid|north|south|east|west|central|northeast|northwest|southeast|southwest|outskirts)\s*)+$/i
const LEADING = /^(?:downtown|central|greater)\s+/i

/** "Calgary Northwest" → "Calgary"; rural areas (second character 0) are known by the town in brackets. */
function municipality(code: string, area: string): string {
  const town = /\(([^/)]+)\)/.exec(area)?.[1]?.trim()
  if (code.charAt(1) === '0' && town !== undefined) return town
  const name = area.replace(/\s*\(.*$/, '').trim()
  return name.replace(SITUATION, '').replace(LEADING, '').trim()
}

function capitalized(name: string): string {
  return name.replace(/(^|[\s-])([a-z])/g, (_match, before: string, letter: string) => before + letter.toUpperCase())
}

/** The city of a forward sortation area, first the one to write on an address, then the names that are also accepted. */
export function citiesOfForwardSortationArea(code: string, areaAsPublished: string): readonly string[] {
  const area = LOST_LETTERS.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), areaAsPublished).replace(/-\s+/g, '-')
  const served = CITY_OF_PREFIX.find(([prefix]) => prefix.test(code))?.[1]
  const names = [served, capitalized(municipality(code, area))].filter((name) => name !== undefined && name !== '')
  return [...new Set(names)] as string[]
}

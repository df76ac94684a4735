/** Words that are written long or short in the name of the same place. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['saint', 'st'],
  ['sainte', 'ste'],
  ['fort', 'ft'],
  ['mount', 'mt'],
])

const MAXIMUM_NAME_LENGTH = 128

/**
 * The key under which the spellings of one place meet: "St. Louis", "SAINT LOUIS"; "Montréal", "Montreal".
 * Also used when the tables are packed (tools/data).
 */
export function placeKey(name: string): string {
  const words = name
    .slice(0, MAXIMUM_NAME_LENGTH)
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/['’.]/g, '')
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
  return words.map((word) => SYNONYMS.get(word) ?? word).join('')
}

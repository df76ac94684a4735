import { type Characters, readWhole } from '../message/characters.ts'
import { ParameterMap } from '../message/parameter-map.ts'
import { endOfQuotedString, unquoteAt } from '../message/quoted-string.ts'
import { findCharacter, isAt, skipSpaces, sliceLowerCase, trimEnd, type Word, wordOf } from '../message/text-span.ts'
import { endOfToken } from '../message/token.ts'

/** A challenge or credentials taken apart (RFC 7235 2.1). */
export interface AuthParameters {
  /** Lower case: 'digest'. */
  readonly scheme: string
  /** Lower-case names, values unquoted. */
  readonly parameters: ReadonlyMap<string, string>
}

/** More than any scheme has. */
const MAX_PARAMETERS = 32
const QUOTE = 34
const COMMA = 44
const EQUALS = 61

/** Reads `Digest name=value, name="value"`; values may be quoted or not, as phones please. @returns undefined when it is malformed */
export function parseAuthParameters(text: string): AuthParameters | undefined {
  return readWhole(text, readAuthParameters)
}

/** `parseAuthParameters` between two positions of a text. */
export function readAuthParameters(characters: Characters, from: number, end: number): AuthParameters | undefined {
  const { bytes } = characters
  const start = skipSpaces(characters, from, end)
  const schemeEnd = endOfToken(bytes, start, end)
  const parameters = new ParameterMap()
  for (let at = skipSeparators(characters, schemeEnd, end); at < end; at = skipSeparators(characters, at, end)) {
    const nameEnd = endOfToken(bytes, at, end)
    const equals = skipSpaces(characters, nameEnd, end)
    if (nameEnd === at || equals === end || bytes[equals] !== EQUALS || parameters.size === MAX_PARAMETERS) return undefined
    const valueStart = skipSpaces(characters, equals + 1, end)
    const valueEnd = endOfValue(characters, valueStart, end)
    if (valueEnd < 0) return undefined
    parameters.add(readName(characters, at, nameEnd), unquoteAt(characters, valueStart, trimEnd(characters, valueStart, valueEnd)))
    at = skipSpaces(characters, valueEnd, end)
    if (at < end && bytes[at] !== COMMA) return undefined
  }
  return schemeEnd === start ? undefined : { scheme: readName(characters, start, schemeEnd), parameters }
}

/** By length: the names of digest (RFC 7616 3.3, 3.4), so that the same string object is the key each time and needs no hash. */
const FREQUENT_NAMES: readonly (readonly Word[])[] = (() => {
  const byLength: Word[][] = Array.from({ length: 10 }, () => [])
  for (const name of ['nc', 'qop', 'uri', 'realm', 'nonce', 'stale', 'cnonce', 'opaque', 'digest', 'username', 'response', 'algorithm']) {
    byLength[name.length]?.push(wordOf(name))
  }
  return byLength
})()

/** Cuts a name out, in lower case. */
function readName(characters: Characters, start: number, end: number): string {
  for (const name of FREQUENT_NAMES[end - start] ?? []) if (isAt(characters, name, start, end)) return name.text
  return sliceLowerCase(characters, start, end)
}

function skipSeparators(characters: Characters, from: number, end: number): number {
  const { bytes } = characters
  let at = skipSpaces(characters, from, end)
  while (at < end && bytes[at] === COMMA) at = skipSpaces(characters, at + 1, end)
  return at
}

function endOfValue(characters: Characters, start: number, end: number): number {
  if (start < end && characters.bytes[start] === QUOTE) return endOfQuotedString(characters, start, end)
  const comma = findCharacter(characters, COMMA, start, end)
  return comma < 0 ? end : comma
}

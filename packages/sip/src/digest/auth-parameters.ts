import { ParameterMap } from '../message/parameter-map.ts'
import { endOfQuotedString, unquoteAt } from '../message/quoted-string.ts'
import { findCharacter, skipSpaces, sliceLowerCase, trimEnd } from '../message/text-span.ts'
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
  return readAuthParameters(text, 0, text.length)
}

/** `parseAuthParameters` between two positions of a text. */
export function readAuthParameters(text: string, from: number, end: number): AuthParameters | undefined {
  const start = skipSpaces(text, from, end)
  const schemeEnd = endOfToken(text, start, end)
  const parameters = new ParameterMap()
  for (let at = skipSeparators(text, schemeEnd, end); at < end; at = skipSeparators(text, at, end)) {
    const nameEnd = endOfToken(text, at, end)
    const equals = skipSpaces(text, nameEnd, end)
    if (nameEnd === at || equals === end || text.charCodeAt(equals) !== EQUALS || parameters.size === MAX_PARAMETERS) return undefined
    const valueStart = skipSpaces(text, equals + 1, end)
    const valueEnd = endOfValue(text, valueStart, end)
    if (valueEnd < 0) return undefined
    parameters.add(readName(text, at, nameEnd), unquoteAt(text, valueStart, trimEnd(text, valueStart, valueEnd)))
    at = skipSpaces(text, valueEnd, end)
    if (at < end && text.charCodeAt(at) !== COMMA) return undefined
  }
  return schemeEnd === start ? undefined : { scheme: readName(text, start, schemeEnd), parameters }
}

/** By length: the names of digest (RFC 7616 3.3, 3.4), so that the same string object is the key each time and needs no hash. */
const FREQUENT_NAMES: readonly (readonly string[])[] = (() => {
  const byLength: string[][] = Array.from({ length: 10 }, () => [])
  for (const name of ['nc', 'qop', 'uri', 'realm', 'nonce', 'stale', 'cnonce', 'opaque', 'digest', 'username', 'response', 'algorithm']) {
    byLength[name.length]?.push(name)
  }
  return byLength
})()

/** Cuts a name out, in lower case. */
function readName(text: string, start: number, end: number): string {
  for (const name of FREQUENT_NAMES[end - start] ?? []) if (text.startsWith(name, start)) return name
  return sliceLowerCase(text, start, end)
}

function skipSeparators(text: string, from: number, end: number): number {
  let at = skipSpaces(text, from, end)
  while (at < end && text.charCodeAt(at) === COMMA) at = skipSpaces(text, at + 1, end)
  return at
}

function endOfValue(text: string, start: number, end: number): number {
  if (start < end && text.charCodeAt(start) === QUOTE) return endOfQuotedString(text, start, end)
  const comma = findCharacter(text, COMMA, start, end)
  return comma < 0 ? end : comma
}

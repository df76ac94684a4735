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
  const start = skipSpaces(text, 0, text.length)
  const schemeEnd = endOfToken(text, start, text.length)
  const parameters = new Map<string, string>()
  for (let at = skipSeparators(text, schemeEnd); at < text.length; at = skipSeparators(text, at)) {
    const nameEnd = endOfToken(text, at, text.length)
    const equals = skipSpaces(text, nameEnd, text.length)
    if (nameEnd === at || text.charCodeAt(equals) !== EQUALS || parameters.size === MAX_PARAMETERS) return undefined
    const valueStart = skipSpaces(text, equals + 1, text.length)
    const valueEnd = endOfValue(text, valueStart)
    if (valueEnd < 0) return undefined
    const name = readName(text, at, nameEnd)
    if (!parameters.has(name)) parameters.set(name, unquoteAt(text, valueStart, trimEnd(text, valueStart, valueEnd)))
    at = skipSpaces(text, valueEnd, text.length)
    if (at < text.length && text.charCodeAt(at) !== COMMA) return undefined
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

function skipSeparators(text: string, from: number): number {
  let at = skipSpaces(text, from, text.length)
  while (text.charCodeAt(at) === COMMA) at = skipSpaces(text, at + 1, text.length)
  return at
}

function endOfValue(text: string, start: number): number {
  if (text.charCodeAt(start) === QUOTE) return endOfQuotedString(text, start, text.length)
  const comma = findCharacter(text, COMMA, start, text.length)
  return comma < 0 ? text.length : comma
}

import type { Characters } from './characters.ts'
import { ParameterMap } from './parameter-map.ts'
import { readParameterName } from './parameter-name.ts'
import { endOfQuotedString, quote, unquoteAt } from './quoted-string.ts'
import { isSpace, skipSpaces } from './text-span.ts'
import { endOfToken } from './token.ts'

const QUOTE = 34
const SEMICOLON = 59
const EQUALS = 61

export const NO_PARAMETERS: ReadonlyMap<string, string> = new ParameterMap()

/**
 * `;name=value;name` and nothing else up to `end` (RFC 3261 25.1 generic-param), white space around ; and = allowed.
 * Values are unquoted; of a name given twice the first counts.
 * @returns undefined when there is anything else, such as `;;` (RFC 4475 3.1.2.1) or a quote that never closes
 */
export function readParameters(characters: Characters, start: number, end: number): ReadonlyMap<string, string> | undefined {
  const { bytes } = characters
  let at = skipSpaces(characters, start, end)
  if (at === end) return NO_PARAMETERS
  const parameters = new ParameterMap()
  while (at < end) {
    if (bytes[at] !== SEMICOLON) return undefined
    const nameStart = skipSpaces(characters, at + 1, end)
    const nameEnd = endOfToken(bytes, nameStart, end)
    if (nameEnd === nameStart) return undefined
    const name = readParameterName(characters, nameStart, nameEnd)
    at = skipSpaces(characters, nameEnd, end)
    let value = ''
    if (at < end && bytes[at] === EQUALS) {
      const valueStart = skipSpaces(characters, at + 1, end)
      const valueEnd = endOfValue(characters, valueStart, end)
      if (valueEnd < 0) return undefined
      value = unquoteAt(characters, valueStart, valueEnd)
      at = skipSpaces(characters, valueEnd, end)
    }
    parameters.add(name, value)
  }
  return parameters
}

/** `;name=value;name`, values quoted where they must be. */
export function formatParameters(parameters: Iterable<readonly [string, string]>): string {
  let text = ''
  for (const [name, value] of parameters) text += formatParameter(name, value)
  return text
}

/** One of them. */
export function formatParameter(name: string, value: string): string {
  return value === '' ? `;${name}` : `;${name}=${isPlainValue(value) ? value : quote(value)}`
}

/** Whether a parameter value needs no quotes: a token or a host, IPv6 too (RFC 3261 25.1 gen-value). */
export function isPlainValue(value: string): boolean {
  return /^[\w.!%*+`'~:[\]-]+$/.test(value)
}

function endOfValue(characters: Characters, start: number, end: number): number {
  const { bytes } = characters
  if (bytes[start] === QUOTE) return endOfQuotedString(characters, start, end)
  let at = start
  for (; at < end; at++) {
    const code = bytes[at]
    if (code === SEMICOLON || isSpace(code)) break
    if (code === QUOTE) return -1
  }
  return at
}

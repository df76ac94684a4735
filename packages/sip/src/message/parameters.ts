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
export function readParameters(text: string, start: number, end: number): ReadonlyMap<string, string> | undefined {
  let at = skipSpaces(text, start, end)
  if (at === end) return NO_PARAMETERS
  const parameters = new ParameterMap()
  while (at < end) {
    if (text.charCodeAt(at) !== SEMICOLON) return undefined
    const nameStart = skipSpaces(text, at + 1, end)
    const nameEnd = endOfToken(text, nameStart, end)
    if (nameEnd === nameStart) return undefined
    const name = readParameterName(text, nameStart, nameEnd)
    at = skipSpaces(text, nameEnd, end)
    let value = ''
    if (at < end && text.charCodeAt(at) === EQUALS) {
      const valueStart = skipSpaces(text, at + 1, end)
      const valueEnd = endOfValue(text, valueStart, end)
      if (valueEnd < 0) return undefined
      value = unquoteAt(text, valueStart, valueEnd)
      at = skipSpaces(text, valueEnd, end)
    }
    parameters.add(name, value)
  }
  return parameters
}

/** `;name=value;name`, values quoted where they must be. */
export function formatParameters(parameters: Iterable<readonly [string, string]>): string {
  let text = ''
  for (const [name, value] of parameters) text += value === '' ? `;${name}` : `;${name}=${isPlainValue(value) ? value : quote(value)}`
  return text
}

/** Whether a parameter value needs no quotes: a token or a host, IPv6 too (RFC 3261 25.1 gen-value). */
export function isPlainValue(value: string): boolean {
  return /^[\w.!%*+`'~:[\]-]+$/.test(value)
}

function endOfValue(text: string, start: number, end: number): number {
  if (text.charCodeAt(start) === QUOTE) return endOfQuotedString(text, start, end)
  let at = start
  for (; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code === SEMICOLON || isSpace(code)) break
    if (code === QUOTE) return -1
  }
  return at
}

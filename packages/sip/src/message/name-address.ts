import { type Characters, readWhole } from './characters.ts'
import { formatParameters, NO_PARAMETERS, readParameters } from './parameters.ts'
import { endOfQuotedString, quote, unquoteAt } from './quoted-string.ts'
import { readUri, type SipUri } from './sip-uri.ts'
import { findFar, isSpace, skipSpaces, trimEnd } from './text-span.ts'

/** The value of From, To, Contact, Route … (RFC 3261 20.10). */
export interface NameAddress {
  /** Unquoted. */
  readonly displayName: string
  readonly uri: SipUri
  readonly uriText: string
  /** Header parameters, lower-case names, values unquoted, '' when valueless: `.get('tag')`. */
  readonly parameters: ReadonlyMap<string, string>
}

const QUOTE = 34
const COMMA = 44
const SEMICOLON = 59
const LESS_THAN = 60
const QUESTION_MARK = 63

/**
 * Reads `"Name" <uri>;parameters` or `uri;parameters`. Tolerated: any text without quotes as an unquoted name
 * (RFC 4475 3.1.2.15), spaces inside the <> (3.1.2.14).
 * @returns undefined when it is neither form, a quote or < does not close, or the URI is none
 */
export function parseNameAddress(text: string): NameAddress | undefined {
  return readWhole(text, readNameAddress)
}

/** `parseNameAddress` between two positions of a text. */
export function readNameAddress(characters: Characters, start: number, end: number): NameAddress | undefined {
  const { text, bytes } = characters
  const from = skipSpaces(characters, start, end)
  if (bytes[from] === QUOTE && from < end) {
    const nameEnd = endOfQuotedString(characters, from, end)
    const open = skipSpaces(characters, nameEnd, end)
    if (nameEnd < 0 || open === end || bytes[open] !== LESS_THAN) return undefined
    return readBracketForm(characters, unquoteAt(characters, from, nameEnd), open, end)
  }
  const open = findBracket(bytes, from, end)
  return open < 0 ? readAddressForm(characters, from, end) : readBracketForm(characters, text.slice(from, trimEnd(characters, from, open)), open, end)
}

/** A < behind a quote belongs to a parameter: sip:a@b;x="<". */
function findBracket(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const code = bytes[at]
    if (code === LESS_THAN) return at
    if (code === QUOTE) return -1
  }
  return -1
}

function readBracketForm(characters: Characters, displayName: string, open: number, end: number): NameAddress | undefined {
  const close = findFar(characters, '>', open, end)
  if (close < 0) return undefined
  const uriStart = skipSpaces(characters, open + 1, close)
  return readAddress(characters, displayName, uriStart, trimEnd(characters, uriStart, close), close + 1, end)
}

/** Without <>, everything after the first semicolon belongs to the header, and a URI with ? or , may not stand so (RFC 3261 20.10). */
function readAddressForm(characters: Characters, start: number, end: number): NameAddress | undefined {
  const { bytes } = characters
  let uriEnd = start
  for (; uriEnd < end; uriEnd++) {
    const code = bytes[uriEnd]
    if (code === SEMICOLON || isSpace(code)) break
    if (code === COMMA || code === QUESTION_MARK) return undefined
  }
  return readAddress(characters, '', start, uriEnd, uriEnd, end)
}

function readAddress(characters: Characters, displayName: string, start: number, uriEnd: number, parametersAt: number, end: number): NameAddress | undefined {
  const uri = readUri(characters, start, uriEnd)
  const parameters = readParameters(characters, parametersAt, end)
  return uri === undefined || parameters === undefined ? undefined : { displayName, uri, uriText: characters.text.slice(start, uriEnd), parameters }
}

/** Writes `"Name" <uri>;parameters`. Control characters in the name become spaces, so that no line can be smuggled in. */
export function formatNameAddress(n: { displayName?: string; uri: string; parameters?: Iterable<[string, string]> }): string {
  const name = n.displayName === undefined || n.displayName === '' ? '' : `${quote(n.displayName)} `
  return `${name}<${n.uri}>${formatParameters(n.parameters ?? NO_PARAMETERS)}`
}

import { headerIdAt } from './header-name.ts'
import { isSpace, skipSpaces, trimEnd } from './text-span.ts'
import { isTokenAt } from './token.ts'

/*
 * Where the header fields of a message lie in its text, found in one pass: four numbers a field in a flat array
 * (id and fold mark, start of the line, start and end of the value). Nothing is cut out of the text before it is asked for.
 */

export const FIELD_STRIDE = 4
/** Set in a field's first number when its value runs over several lines (RFC 3261 7.3.1). */
export const FOLDED = 0x1_00_00
export const ID_MASK = 0xff_ff

/** What indexHeaders returns instead of a position. */
export const HEADERS_END_MISSING = -1
export const LINE_MALFORMED = -2
export const TOO_MANY_HEADERS = -3

const LINE_FEED = 10
const CARRIAGE_RETURN = 13

/**
 * Indexes the header lines from `from` to the empty line. Lines end with CRLF, nothing else (RFC 3261 7):
 * a bare LF that one element takes for a line end and the next does not is how requests are smuggled.
 * @param fields receives the index; after a malformed line the others are still indexed, so that the request can be answered
 * @returns the position of the body, or one of the negative codes above
 */
export function indexHeaders(text: string, from: number, maxHeaders: number, fields: number[]): number {
  let malformed = 0
  let lineStart = from
  while (text.charCodeAt(lineStart) !== CARRIAGE_RETURN || text.charCodeAt(lineStart + 1) !== LINE_FEED) {
    if (fields.length + malformed * FIELD_STRIDE >= maxHeaders * FIELD_STRIDE) return TOO_MANY_HEADERS
    const colon = text.indexOf(':', lineStart)
    const nameEnd = trimEnd(text, lineStart, colon)
    const id = headerIdAt(text, lineStart, nameEnd)
    const isName = id > 0 || isTokenAt(text, lineStart, nameEnd)
    let lineFeed = text.indexOf('\n', isName ? colon : lineStart)
    let mark = 0
    while (isSpace(text.charCodeAt(lineFeed + 1)) && text.charCodeAt(lineFeed - 1) === CARRIAGE_RETURN) {
      mark = FOLDED
      lineFeed = text.indexOf('\n', lineFeed + 1)
    }
    if (lineFeed < 0) return HEADERS_END_MISSING
    if (isName && text.charCodeAt(lineFeed - 1) === CARRIAGE_RETURN) {
      const valueStart = skipSpaces(text, colon + 1, lineFeed - 1)
      fields.push(id | mark, lineStart, valueStart, trimEnd(text, valueStart, lineFeed - 1))
    } else malformed++
    lineStart = lineFeed + 1
  }
  return malformed > 0 ? LINE_MALFORMED : lineStart + 2
}

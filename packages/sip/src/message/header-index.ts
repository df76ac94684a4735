import { headerIdAt } from './header-name.ts'
import { isSpace } from './text-span.ts'
import { isTokenAt } from './token.ts'

/*
 * Where the header fields of a message lie in its text, found in one pass: four numbers a field in a flat array
 * (id and fold mark, start of the line, start and end of the value). Nothing is cut out of the text before it is asked for.
 */

export const FIELD_STRIDE = 4
/** Set in a field's first number when its value runs over several lines (RFC 3261 7.3.1). */
export const FOLDED = 0x1_00_00
export const ID_MASK = 0xff_ff

/** What indexHeaders found. */
export interface HeaderIndex {
  /** The position of the body, or one of the negative codes below. */
  readonly end: number
  /** After a malformed line the others are still indexed, so that the request can be answered. */
  readonly fields: number[]
}

/** What stands for the end where there is none. */
export const HEADERS_END_MISSING = -1
export const LINE_MALFORMED = -2
export const TOO_MANY_HEADERS = -3

const COLON = 58
const LINE_FEED = 10
const CARRIAGE_RETURN = 13

/** While a message is indexed: an array that grows anew for each costs more than to copy what there is at the end. */
const scratch: number[] = []

/**
 * Indexes the header lines from `from` to the empty line. Lines end with CRLF, nothing else (RFC 3261 7):
 * a bare LF that one element takes for a line end and the next does not is how requests are smuggled.
 * @param text one character a byte
 * @param bytes the same as bytes: single ones are read three times as fast there
 */
export function indexHeaders(text: string, bytes: Uint8Array, from: number, maxHeaders: number): HeaderIndex {
  const maxNumbers = maxHeaders * FIELD_STRIDE
  let count = 0
  let malformed = 0
  let lineStart = from
  while (bytes[lineStart] !== CARRIAGE_RETURN || bytes[lineStart + 1] !== LINE_FEED) {
    if (count + malformed * FIELD_STRIDE >= maxNumbers) return { end: TOO_MANY_HEADERS, fields: scratch.slice(0, count) }
    const colon = endOfName(bytes, lineStart, text.length)
    const nameEnd = trimEndOfName(bytes, lineStart, colon)
    const id = headerIdAt(bytes, lineStart, nameEnd)
    const isName = id > 0 || isTokenAt(bytes, lineStart, nameEnd)
    let lineFeed = text.indexOf('\n', isName ? colon : lineStart)
    let mark = 0
    while (isSpace(bytes[lineFeed + 1] ?? 0) && bytes[lineFeed - 1] === CARRIAGE_RETURN) {
      mark = FOLDED
      lineFeed = text.indexOf('\n', lineFeed + 1)
    }
    if (lineFeed < 0) return { end: HEADERS_END_MISSING, fields: scratch.slice(0, count) }
    if (isName && bytes[lineFeed - 1] === CARRIAGE_RETURN) {
      let valueStart = colon + 1
      while (valueStart < lineFeed - 1 && isSpace(bytes[valueStart] ?? 0)) valueStart++
      let valueEnd = lineFeed - 1
      while (valueEnd > valueStart && isSpace(bytes[valueEnd - 1] ?? 0)) valueEnd--
      scratch[count] = id | mark
      scratch[count + 1] = lineStart
      scratch[count + 2] = valueStart
      scratch[count + 3] = valueEnd
      count += FIELD_STRIDE
    } else malformed++
    lineStart = lineFeed + 1
  }
  return { end: malformed > 0 ? LINE_MALFORMED : lineStart + 2, fields: scratch.slice(0, count) }
}

/** Where the colon of a line is; `lineStart` when its name ends otherwise. */
function endOfName(bytes: Uint8Array, lineStart: number, end: number): number {
  let at = lineStart
  while (at < end) {
    const code = bytes[at] ?? 0
    if (code === COLON) return at
    if (code === LINE_FEED) return lineStart
    at++
  }
  return lineStart
}

function trimEndOfName(bytes: Uint8Array, lineStart: number, colon: number): number {
  let at = colon
  while (at > lineStart && isSpace(bytes[at - 1] ?? 0)) at--
  return at
}

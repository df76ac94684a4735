import { type Characters, readWhole } from './characters.ts'
import { endOfQuotedString } from './quoted-string.ts'
import { findFar, skipSpaces, trimEnd } from './text-span.ts'

const QUOTE = 34
const COMMA = 44
const LESS_THAN = 60

/** Reads something between two positions of a text. */
export type Read<Value> = (characters: Characters, start: number, end: number) => Value

/**
 * The members of a header whose grammar is a comma list (RFC 3261 7.3.1): commas inside quotes and <> do not separate.
 * Empty members are left out; a quote or < that never closes keeps the rest together.
 */
export function splitCommaList(value: string): readonly string[] {
  const members: string[] = []
  readWhole(value, (characters, start, end) => readMembers(characters, start, end, slice, members))
  return members
}

/** Reads every member of the comma list between two positions and adds what comes out to `values`. */
export function readMembers<Value>(characters: Characters, start: number, end: number, read: Read<Value>, values: Value[]): void {
  for (let from = start; from < end;) {
    const comma = endOfMember(characters, from, end)
    const memberStart = skipSpaces(characters, from, comma)
    if (memberStart < comma) values.push(read(characters, memberStart, trimEnd(characters, memberStart, comma)))
    from = comma + 1
  }
}

/** Where the member that begins at `start` ends: at its comma, or at `end`. */
export function endOfMember(characters: Characters, start: number, end: number): number {
  if (findFar(characters, ',', start, end) < 0) return end
  const { bytes } = characters
  for (let at = start; at < end; at++) {
    const code = bytes[at]
    if (code === COMMA) return at
    if (code === QUOTE || code === LESS_THAN) {
      const close = code === QUOTE ? endOfQuotedString(characters, at, end) - 1 : findFar(characters, '>', at, end)
      if (close < 0) return end
      at = close
    }
  }
  return end
}

/** The text itself between two positions. */
export function slice({ text }: Characters, start: number, end: number): string {
  return text.slice(start, end)
}

import type { Characters } from './characters.ts'
import { readDecimal } from './decimal.ts'
import { readMethod } from './method-name.ts'
import { skipSpaces } from './text-span.ts'

/** RFC 3261 20.16. */
export interface CSeq {
  readonly sequence: number
  readonly method: string
}

/** RFC 3261 8.1.1.5: less than 2**31. */
const MAX_SEQUENCE = 0x7f_ff_ff_ff

/** Reads `314159 INVITE` between two positions. @returns undefined when the number is too large or either part is missing */
export function readCSeq(characters: Characters, start: number, end: number): CSeq | undefined {
  const { bytes } = characters
  let digitsEnd = start
  while (digitsEnd < end && isDigit(bytes[digitsEnd] ?? 0)) digitsEnd++
  const sequence = readDecimal(characters, start, digitsEnd, MAX_SEQUENCE)
  const methodStart = skipSpaces(characters, digitsEnd, end)
  const method = sequence < 0 || methodStart === digitsEnd ? '' : readMethod(characters, methodStart, end)
  return method === '' ? undefined : { sequence, method }
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

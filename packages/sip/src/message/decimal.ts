import { type Characters, readWhole } from './characters.ts'

const MAX_DIGITS = 15

/**
 * The non-negative decimal number between two positions, digits only; leading zeros are allowed (RFC 4475 3.1.1.1).
 * @returns -1 when there is anything else, or more than `max`: numbers never wrap (RFC 4475 3.1.2.4)
 */
export function readDecimal({ bytes }: Characters, start: number, end: number, max: number): number {
  let value = 0
  let digits = 0
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] ?? 0) - 48
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
    if (value > 0 && ++digits > MAX_DIGITS) return -1
  }
  return start >= end || value > max ? -1 : value
}

/** The same over a whole text. */
export function parseDecimal(text: string, max: number): number | undefined {
  const value = readWhole(text, (characters, start, end) => readDecimal(characters, start, end, max))
  return value < 0 ? undefined : value
}

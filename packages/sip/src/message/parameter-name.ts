import type { Characters } from './characters.ts'
import { isAt, sliceLowerCase, type Word, wordOf } from './text-span.ts'

const TABLE_SIZE = 64

/** One place each: a name that falls on another's place costs a few nanoseconds more, no harm. */
const FREQUENT_NAMES: readonly (Word | undefined)[] = (() => {
  const table: (Word | undefined)[] = Array.from({ length: TABLE_SIZE }, () => undefined)
  const names = ['tag', 'branch', 'rport', 'received', 'transport', 'user', 'lr', 'ob', 'expires', 'q', 'reg-id', 'maddr', 'line', '+sip.instance']
  for (const name of names) table[slotOf(name.length, name.charCodeAt(0))] = wordOf(name)
  return table
})()

/**
 * Cuts a parameter's name out, in lower case. The names nearly every message has are the same string object each time:
 * no allocation, and the map they become keys of needs neither hash nor comparison.
 */
export function readParameterName(characters: Characters, start: number, end: number): string {
  const frequent = FREQUENT_NAMES[slotOf(end - start, characters.bytes[start] ?? 0)]
  return frequent !== undefined && isAt(characters, frequent, start, end) ? frequent.text : sliceLowerCase(characters, start, end)
}

function slotOf(length: number, firstCode: number): number {
  return (length * 7 + firstCode) % TABLE_SIZE
}

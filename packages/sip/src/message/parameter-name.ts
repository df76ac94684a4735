import { sliceLowerCase } from './text-span.ts'

const TABLE_SIZE = 64

/** One place each: a name that falls on another's place costs a few nanoseconds more, no harm. */
const FREQUENT_NAMES: readonly (string | undefined)[] = (() => {
  const table: (string | undefined)[] = Array.from({ length: TABLE_SIZE }, () => undefined)
  const names = ['tag', 'branch', 'rport', 'received', 'transport', 'user', 'lr', 'ob', 'expires', 'q', 'reg-id', 'maddr', 'line', '+sip.instance']
  for (const name of names) table[slotOf(name, 0, name.length)] = name
  return table
})()

/**
 * Cuts a parameter's name out, in lower case. The names nearly every message has are the same string object each time:
 * no allocation, and the map they become keys of needs neither hash nor comparison.
 */
export function readParameterName(text: string, start: number, end: number): string {
  const frequent = FREQUENT_NAMES[slotOf(text, start, end)]
  return frequent !== undefined && frequent.length === end - start && text.startsWith(frequent, start) ? frequent : sliceLowerCase(text, start, end)
}

function slotOf(text: string, start: number, end: number): number {
  return ((end - start) * 7 + text.charCodeAt(start)) % TABLE_SIZE
}

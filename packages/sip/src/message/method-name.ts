import type { Characters } from './characters.ts'
import { isAt, type Word, wordOf } from './text-span.ts'
import { isTokenAt } from './token.ts'

/** By length: the methods this stack knows something of. */
const KNOWN_METHODS: readonly (readonly Word[])[] = (() => {
  const byLength: Word[][] = Array.from({ length: 10 }, () => [])
  const names = 'INVITE ACK BYE CANCEL OPTIONS REGISTER SUBSCRIBE NOTIFY MESSAGE REFER PUBLISH INFO UPDATE PRACK'
  for (const name of names.split(' ')) byLength[name.length]?.push(wordOf(name))
  return byLength
})()

/**
 * The method between two positions. A known one is the same string object each time: comparing two is comparing their addresses,
 * and a set that is asked for it needs no hash.
 * @returns '' when there is no token (RFC 3261 25.1)
 */
export function readMethod(characters: Characters, start: number, end: number): string {
  for (const method of KNOWN_METHODS[end - start] ?? []) if (isAt(characters, method, start, end)) return method.text
  return isTokenAt(characters.bytes, start, end) ? characters.text.slice(start, end) : ''
}

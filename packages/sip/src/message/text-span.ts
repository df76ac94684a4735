import type { Characters } from './characters.ts'

/* Reading between two positions, see `Characters`. */

const TAB = 9
const SPACE = 32

/** Whether the character is a space or tab (RFC 3261 25.1 WSP); line folds are gone before values are read. */
export function isSpace(code: number | undefined): boolean {
  return code === SPACE || code === TAB
}

export function skipSpaces({ bytes }: Characters, start: number, end: number): number {
  let at = start
  while (at < end && isSpace(bytes[at])) at++
  return at
}

/** The end without the spaces before it. */
export function trimEnd({ bytes }: Characters, start: number, end: number): number {
  let at = end
  while (at > start && isSpace(bytes[at - 1])) at--
  return at
}

/** The first place of a character, -1 if it is not between the two positions. For short distances: see `findFar`. */
export function findCharacter({ bytes }: Characters, code: number, start: number, end: number): number {
  for (let at = start; at < end; at++) if (bytes[at] === code) return at
  return -1
}

/**
 * The same with the machine's own search, which is fast but runs on behind `end`: only for what is asked a few times a header field,
 * so that a hostile message cannot make it walk over the whole text again and again.
 */
export function findFar({ text }: Characters, character: string, start: number, end: number): number {
  const at = text.indexOf(character, start)
  return at < end ? at : -1
}

/** A word that is looked for, and its characters as bytes: to compare them costs a tenth of what `startsWith` does. */
export interface Word {
  readonly text: string
  readonly bytes: Uint8Array
}

/** @param text of ASCII only */
export function wordOf(text: string): Word {
  return { text, bytes: Uint8Array.from(Buffer.from(text, 'latin1')) }
}

/** Whether just this word stands between two positions. */
export function isAt(characters: Characters, word: Word, start: number, end: number): boolean {
  return end - start === word.bytes.length && beginsWith(characters, word, start, end)
}

/** Whether what stands between two positions begins with this word. */
export function beginsWith({ bytes }: Characters, word: Word, start: number, end: number): boolean {
  const wanted = word.bytes
  if (end - start < wanted.length) return false
  for (let at = 0; at < wanted.length; at++) if (bytes[start + at] !== wanted[at]) return false
  return true
}

/** Cuts a piece out, in lower case. Most pieces are already so, and asking is cheaper than converting. */
export function sliceLowerCase({ text, bytes }: Characters, start: number, end: number): string {
  for (let at = start; at < end; at++) {
    const code = bytes[at] ?? 0
    if ((code >= 65 && code <= 90) || code > 127) return text.slice(start, end).toLowerCase()
  }
  return text.slice(start, end)
}

/** The same in upper case. */
export function sliceUpperCase({ text, bytes }: Characters, start: number, end: number): string {
  for (let at = start; at < end; at++) if ((bytes[at] ?? 0) >= 97) return text.slice(start, end).toUpperCase()
  return text.slice(start, end)
}

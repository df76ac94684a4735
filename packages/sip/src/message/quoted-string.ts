import type { Characters } from './characters.ts'

const QUOTE = 34
const BACKSLASH = 92
const SPACE = 32
const DELETE = 127

/**
 * Where the quoted string that opens at `open` ends (RFC 3261 25.1 quoted-string).
 * @returns the position after the closing quote, -1 when it does not close before `end`
 */
export function endOfQuotedString({ bytes }: Characters, open: number, end: number): number {
  for (let at = open + 1; at < end; at++) {
    const code = bytes[at]
    if (code === QUOTE) return at + 1
    if (code === BACKSLASH) at++
  }
  return -1
}

/** The text inside the quoted string between two positions, escapes undone; a text without quotes comes back as it is. */
export function unquoteAt({ text, bytes }: Characters, start: number, end: number): string {
  if (bytes[start] !== QUOTE || end - start < 2) return text.slice(start, end)
  const inner = text.slice(start + 1, end - 1)
  return inner.includes('\\') ? inner.replaceAll(/\\([\s\S])/g, '$1') : inner
}

/** What needs nothing but its quotes: nearly every name. */
const PLAIN = /^[^\p{Cc}"\\]*$/u

/** A quoted string that reads back as `text`. Control characters, which no header may carry (RFC 3261 25.1), become spaces. */
export function quote(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`
  let quoted = '"'
  for (const character of text) {
    const code = character.codePointAt(0) ?? SPACE
    if (code < SPACE || code === DELETE) quoted += ' '
    else quoted += code === QUOTE || code === BACKSLASH ? `\\${character}` : character
  }
  return `${quoted}"`
}

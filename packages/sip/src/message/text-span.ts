/*
 * Reading between two positions of a text. The readers of this folder take (text, start, end) and never cut a value out
 * before they must: in V8 a cut piece keeps pointing into the whole, and walking over it costs three times as much.
 */

const TAB = 9
const SPACE = 32

/** Whether the character is a space or tab (RFC 3261 25.1 WSP); line folds are gone before values are read. */
export function isSpace(code: number): boolean {
  return code === SPACE || code === TAB
}

export function skipSpaces(text: string, start: number, end: number): number {
  let at = start
  while (at < end && isSpace(text.charCodeAt(at))) at++
  return at
}

/** The end without the spaces before it. */
export function trimEnd(text: string, start: number, end: number): number {
  let at = end
  while (at > start && isSpace(text.charCodeAt(at - 1))) at--
  return at
}

/** The first place of a character, -1 if it is not between the two positions. For short distances: see `findFar`. */
export function findCharacter(text: string, code: number, start: number, end: number): number {
  for (let at = start; at < end; at++) if (text.charCodeAt(at) === code) return at
  return -1
}

/**
 * The same with the machine's own search, which is fast but runs on behind `end`: only for what is asked a few times a header field,
 * so that a hostile message cannot make it walk over the whole text again and again.
 */
export function findFar(text: string, character: string, start: number, end: number): number {
  const at = text.indexOf(character, start)
  return at < end ? at : -1
}

/** Cuts a piece out, in lower case. Most pieces are already so, and asking is cheaper than converting. */
export function sliceLowerCase(text: string, start: number, end: number): string {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at)
    if ((code >= 65 && code <= 90) || code > 127) return text.slice(start, end).toLowerCase()
  }
  return text.slice(start, end)
}

/** The same in upper case. */
export function sliceUpperCase(text: string, start: number, end: number): string {
  for (let at = start; at < end; at++) if (text.charCodeAt(at) >= 97) return text.slice(start, end).toUpperCase()
  return text.slice(start, end)
}

const TOKEN_TEXT = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~"

/** By character code below 256: 1 for the characters of a token (RFC 3261 25.1). */
export const TOKEN_CHARACTERS: Uint8Array = Uint8Array.from({ length: 256 }, (_, code) => (TOKEN_TEXT.includes(String.fromCharCode(code)) ? 1 : 0))

/** Whether a text is a token (RFC 3261 25.1): a method, a header name. */
export function isToken(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (TOKEN_CHARACTERS[text.charCodeAt(at)] !== 1) return false
  return text.length > 0
}

/** Whether there is a token between two positions. */
export function isTokenAt(bytes: Uint8Array, start: number, end: number): boolean {
  return start < end && endOfToken(bytes, start, end) === end
}

/** Where the token that begins at `start` ends; `start` itself when none does. */
export function endOfToken(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end && TOKEN_CHARACTERS[bytes[at] ?? 0] === 1) at++
  return at
}

const TOKEN_TEXT = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~"

/** By character code below 256: 1 for the characters of a token (RFC 3261 25.1). */
export const TOKEN_CHARACTERS: Uint8Array = Uint8Array.from({ length: 256 }, (_, code) => (TOKEN_TEXT.includes(String.fromCharCode(code)) ? 1 : 0))

/** Whether there is a token between two positions (RFC 3261 25.1): a method, an option tag, an unquoted parameter value. */
export function isTokenAt(text: string, start: number, end: number): boolean {
  return start < end && endOfToken(text, start, end) === end
}

/** Where the token that begins at `start` ends; `start` itself when none does. */
export function endOfToken(text: string, start: number, end: number): number {
  let at = start
  while (at < end && TOKEN_CHARACTERS[text.charCodeAt(at)] === 1) at++
  return at
}

/** A pattern over the ten digits of a national number: digits, and `*` for any run of digits, also none (C-26, S2-11). */
export type NumberPattern = string

const MAXIMUM_LENGTH = 32

/** ITU-T E.161: the letters on the keys, so that vanity numbers can be asked for by their word (S2-05). */
const KEYS: Readonly<Record<string, string>> = {
  A: '2', B: '2', C: '2', D: '3', E: '3', F: '3', G: '4', H: '4', I: '4', J: '5', K: '5', L: '5', M: '6', N: '6', O: '6', P: '7', Q: '7', R: '7', S: '7', T: '8', U: '8', V: '8',
  W: '9', X: '9', Y: '9', Z: '9',
} // prettier-ignore

/**
 * Reads a pattern as people write it: `*0000` ends so, `*1234*` contains, `607*` begins so, `1-800-FLOWERS` is that number. Digits alone that are no whole number are looked for
 * anywhere.
 * @returns undefined for anything else.
 */
export function readNumberPattern(text: string): NumberPattern | undefined {
  if (text.length > MAXIMUM_LENGTH) return undefined
  const keyed = text.toUpperCase().replace(/[A-Z]/g, (letter) => KEYS[letter] ?? letter)
  const plain = keyed.replace(/[\s().+-]/g, '').replace(/\*+/g, '*')
  if (!/^[\d*]+$/.test(plain) || !/\d/.test(plain)) return undefined
  // No national number begins with 1: there it can only be the country code.
  const national = /^1(?:\d{10}$|\d*\*)/.test(plain) ? plain.slice(1) : plain
  if (national.replaceAll('*', '').length > 10) return undefined
  return national.includes('*') || national.length === 10 ? national : `*${national}*`
}

/** The pattern for SQL LIKE over eleven digits; contains nothing that LIKE could read otherwise. */
export function likePattern(pattern: NumberPattern): string {
  return `1${pattern.replaceAll('*', '%')}`
}

/** Whether an eleven-digit number matches. Linear in its length, whatever the pattern. */
export function matchesPattern(pattern: NumberPattern, phoneNumber: string): boolean {
  const national = phoneNumber.replace(/^1/, '')
  const [head = '', ...middle] = pattern.split('*')
  const tail = middle.pop()
  if (tail === undefined) return national === head
  if (!national.startsWith(head)) return false
  let position = head.length
  for (const part of middle) {
    const found = national.indexOf(part, position)
    if (found < 0) return false
    position = found + part.length
  }
  return national.length - tail.length >= position && national.endsWith(tail)
}

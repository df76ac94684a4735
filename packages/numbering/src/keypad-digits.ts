/** The keys of a telephone and the letters on them (ITU-T E.161). */
const LETTERS = ['', '', 'ABC', 'DEF', 'GHI', 'JKL', 'MNO', 'PQRS', 'TUV', 'WXYZ']

/** A number that is written with letters, as it is dialed: `1-607-555-HELP` → `1-607-555-4357`. */
export function keypadDigits(written: string): string {
  return written.replaceAll(/[A-Za-z]/g, (letter) => String(LETTERS.findIndex((key) => key.includes(letter.toUpperCase()))))
}

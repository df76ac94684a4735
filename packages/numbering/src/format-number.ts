import { isNanp } from './e164.ts'
import type { E164 } from './e164.ts'

/** `+18015551212`: the form of SIP towards carriers and of the API surfaces B and C (C-25). */
export function formatPlus(number: E164): string {
  return `+${number}`
}

/** Longer ones are extensions or short codes and get no '+' (S1-30). */
const LONGEST_SHORT_NUMBER = 6

/** A number as the user part of a SIP URI: `+18015551212`, or an extension or short code as it is (RFC 3966). */
export function formatSipUser(number: string): string {
  return /^\d+$/.test(number) && number.length > LONGEST_SHORT_NUMBER ? formatPlus(number) : number
}

/** `(607) 123-4567` (S2-06); numbers outside the NANP keep the '+' form. */
export function formatNational(number: E164): string {
  return isNanp(number) ? `(${number.slice(1, 4)}) ${number.slice(4, 7)}-${number.slice(7)}` : formatPlus(number)
}

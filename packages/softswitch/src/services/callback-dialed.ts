import type { CallerIdentity } from '@dialtone/call-routing'
import { isEmergencyDialed } from '../emergency/is-emergency-dialed.ts'

/** Shorter ones are extensions of the account. */
const SHORTEST_NUMBER = 7

/** What a line of the account dials to call somebody back. @returns undefined when there is no such number, or when it would ask for help */
export function callbackDialed({ number, anonymous }: CallerIdentity): string | undefined {
  if (anonymous || !/^\+?\d{3,15}$/.test(number)) return undefined
  const digits = number.replace('+', '')
  const dialed = digits.length < SHORTEST_NUMBER ? digits : `+${digits}`
  return isEmergencyDialed(dialed) || isEmergencyDialed(digits) ? undefined : dialed
}

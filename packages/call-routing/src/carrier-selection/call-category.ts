import { isNanp } from '@dialtone/numbering'

/** What kind of call a leg is, in the words of the CDR. */
export type CallCategory =
  | 'OnNet'
  | 'OffNet'
  | 'Emergency'
  | 'EmergencyServicesVerification'
  | 'DirectoryAssistance'
  | 'Operator'
  | 'NonEmergencyServices'
  | 'PublicServices'
  | 'TeleRelayService'
  | 'Other'
  | 'NotResolved'

const shortCodeCategories: ReadonlyMap<string, CallCategory> = new Map([
  ['211', 'PublicServices'],
  ['311', 'NonEmergencyServices'],
  ['411', 'DirectoryAssistance'],
  ['511', 'PublicServices'],
  ['611', 'Other'],
  ['711', 'TeleRelayService'],
  ['811', 'PublicServices'],
  ['911', 'Emergency'],
  ['933', 'EmergencyServicesVerification'],
  ['988', 'PublicServices'],
])

/**
 * The category of a call that leaves for a carrier.
 * @param called E.164, or a short code, or the digits of an operator call (0, 00, 0+, 01+).
 */
export function offNetCategoryOf(called: string): CallCategory {
  if (called.startsWith('0')) return 'Operator'
  if (isNanp(called)) return called.endsWith('5551212') ? 'DirectoryAssistance' : 'OffNet'
  return shortCodeCategories.get(called) ?? 'OffNet'
}

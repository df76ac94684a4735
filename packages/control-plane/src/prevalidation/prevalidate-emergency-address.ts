import { err, ok, type Result } from '@dialtone/foundation'
import { type Address, type AddressProvider, checkE911Address, NO_ADDRESS, NOBODY, readAddress, validateAddress } from '../addresses/index.ts'
import { type ApiFailure, fieldRequired } from '../failures/index.ts'

export interface EmergencyAddressCheck {
  /** UNKNOWN: complete, and the provider has never heard of the place. */
  readonly valid: 'VALID' | 'INVALID' | 'UNKNOWN'
  /** Codes, such as `StreetNumberRequired`. */
  readonly errors: readonly string[]
  readonly address: Address
  /** What the provider would write instead. */
  readonly alternatives: readonly Address[]
}

/**
 * Whether help could be sent to an address, before anything is saved (S0-32, S1-77).
 * @param given the emergency address, or else @param record the customer's; flat, nested or simple.
 */
export async function prevalidateEmergencyAddress(
  provider: AddressProvider,
  given: unknown,
  record: unknown,
): Promise<Result<EmergencyAddressCheck, ApiFailure>> {
  const source = isFilled(given) ? given : record
  if (!isFilled(source)) return err(fieldRequired('e911Address'))
  const read = readAddress(source)
  if (!read.ok) {
    // What cannot be read at all is an answer too: this operation is asked to find out.
    return ok({ valid: 'INVALID', errors: read.error.map((problem) => problem.code), address: NO_ADDRESS, alternatives: [] })
  }
  const validation = await validateAddress(provider, read.value)
  const problems = [...checkE911Address({ ...read.value, ...NOBODY }), ...validation.problems]
  const errors = [...new Set(problems.map((problem) => problem.code))]
  const isComplete = checkE911Address(read.value).length === 0
  const valid = validation.valid ? 'VALID' : isComplete && validation.geocoded === undefined ? 'UNKNOWN' : 'INVALID'
  return ok({
    valid,
    errors: validation.valid ? [] : errors,
    address: validation.address,
    alternatives: validation.correction === undefined ? [] : [validation.correction],
  })
}

function isFilled(value: unknown): boolean {
  return typeof value === 'string' ? value.trim() !== '' : typeof value === 'object' && value !== null && Object.keys(value).length > 0
}

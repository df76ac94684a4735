import type { FieldProblem } from '../failures/index.ts'
import { countryOfState } from '../reference-data/index.ts'

import { missingParts, postOfficeBoxOf, type Address, type E911Address } from './address.ts'
import { needsUnitNumber } from './secondary-unit.ts'

/** What is missing or contradictory in an address: every part that has to be there, by field, `<Field>Required` or `Invalid<Field>`. Empty when it is complete. */
export function checkAddress(address: Address): readonly FieldProblem[] {
  const missing = missingParts(address).map((part): FieldProblem => ({
    field: part,
    code: `${part.charAt(0).toUpperCase()}${part.slice(1)}Required`,
    reason: 'is missing',
    rule: 'required',
  }))
  return [...missing, ...contradictions(address)]
}

/**
 * Whether an address can be registered for emergency calls (S1-77, S2-03, S2-44): a complete civic address on a street. Coordinates help and never replace it.
 * @returns empty when it can.
 */
export function checkE911Address(address: E911Address): readonly FieldProblem[] {
  const box = postOfficeBoxOf(address.streetName)
  const isMilitary = /^A[AEP]$/.test(address.state)
  const unreachable: readonly FieldProblem[] =
    box === undefined && !isMilitary
      ? []
      : [
          {
            field: 'streetName',
            code: 'InvalidStreetName',
            reason: box === undefined ? 'is a military post office' : `is post office box ${box}`,
            rule: 'a street that help can be sent to',
          },
        ]
  return [...checkAddress(address), ...unreachable]
}

function contradictions(address: Address): readonly FieldProblem[] {
  const problems: FieldProblem[] = []
  const { state, country, postalCode, secondaryLocationDescription, unit } = address
  if (state !== '' && countryOfState(state) !== country) {
    problems.push({ field: 'state', code: 'InvalidState', reason: `${state} does not lie in ${country}`, rule: 'a state or province of the country' })
  }
  if (postalCode !== '' && /^[A-Z]/.test(postalCode) !== (country === 'CAN')) {
    problems.push({ field: 'postalCode', code: 'InvalidPostalCode', reason: `${postalCode} does not lie in ${country}`, rule: 'a postal code of the country' })
  }
  if (secondaryLocationDescription !== '' && unit === '' && needsUnitNumber(secondaryLocationDescription)) {
    problems.push({ field: 'unit', code: 'UnitRequired', reason: 'is missing', rule: `required with ${secondaryLocationDescription}` })
  }
  return problems
}

import { err, ok, type Result } from '@dialtone/foundation'
import { isNanp, normalizePhoneNumber } from '@dialtone/numbering'
import { type ApiFailure, fieldRequired, invalidField } from '../failures/index.ts'
import type { PortSubmission } from './submit-port.ts'

const MAX_NUMBERS = 100

/** Numbers as text, or as objects with `phoneNumber` and what they are to ring. */
export function readNumbersToPort(input: unknown): Result<PortSubmission['numbers'], ApiFailure> {
  if (!Array.isArray(input) || input.length === 0) return err(fieldRequired('telephoneNumbers'))
  if (input.length > MAX_NUMBERS) return err(invalidField('telephoneNumbers', `has ${input.length} entries`, `at most ${MAX_NUMBERS}`))
  const numbers = new Map<string, PortSubmission['numbers'][number]>()
  for (const [index, entry] of input.entries()) {
    const source = typeof entry === 'object' && entry !== null ? (entry as Readonly<Record<string, unknown>>) : { phoneNumber: entry as unknown }
    const written = source['phoneNumber']
    if (typeof written !== 'string' || written.trim() === '') return err(fieldRequired(`telephoneNumbers.${index}.phoneNumber`))
    const phoneNumber = normalizePhoneNumber(written.trim())
    if (phoneNumber === undefined || !isNanp(phoneNumber))
      return err(invalidField(`telephoneNumbers.${index}.phoneNumber`, `"${written.slice(0, 40)}" is no telephone number`, '11 digits beginning with 1'))
    numbers.set(phoneNumber, { phoneNumber, referenceType: textOf(source['referenceType']), referenceId: textOf(source['referenceId']) })
  }
  return ok([...numbers.values()])
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

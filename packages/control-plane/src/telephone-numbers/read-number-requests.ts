import { err, ok, type Result } from '@dialtone/foundation'
import { normalizePhoneNumber } from '@dialtone/numbering'
import { type ApiFailure, fieldRequired, invalidField } from '../failures/index.ts'
import type { NumbersToAdd, NumberToAdd } from './add-numbers.ts'
import { type CustomerServiceRecord, readCustomerServiceRecord, readE911Address } from './customer-service-record.ts'
import { readDirectoryListing } from './directory-listing.ts'
import { REFERENCE_TYPES } from './telephone-number.ts'
import type { TelephoneNumberRow } from './telephone-number-queries.ts'
import type { NumberRevision } from './update-number.ts'

const MAX_NUMBERS = 100
const RING_TYPES = ['StandardRing', 'Ring1', 'Ring2', 'Ring3', 'Ring4', 'Ring5', 'Ring6', 'Ring7']

/** The body of "add numbers to the account" (S1-79 … S1-86). */
export function readNumbersToAdd(body: Readonly<Record<string, unknown>>): Result<NumbersToAdd, ApiFailure> {
  const numbers = readNumbers(body['telephoneNumbers'])
  if (!numbers.ok) return numbers
  const customerServiceRecord = readCustomerServiceRecord(body['customerServiceRecord'])
  if (!customerServiceRecord.ok) return customerServiceRecord
  const directoryListing = readDirectoryListing(body['directoryListing'])
  if (!directoryListing.ok) return directoryListing
  return ok({
    numbers: numbers.value,
    customerServiceRecord: customerServiceRecord.value,
    directoryListing: directoryListing.value,
    e911Address: body['e911Address'],
    holdActivation: body['holdActivation'] === true,
  })
}

function readNumbers(input: unknown): Result<readonly NumberToAdd[], ApiFailure> {
  if (!Array.isArray(input) || input.length === 0) return err(fieldRequired('telephoneNumbers'))
  if (input.length > MAX_NUMBERS) return err(invalidField('telephoneNumbers', `has ${input.length} entries`, `at most ${MAX_NUMBERS}`))
  const numbers = new Map<string, NumberToAdd>()
  for (const [index, entry] of input.entries()) {
    const number = readNumber(entry, `telephoneNumbers.${index}`)
    if (!number.ok) return number
    numbers.set(number.value.phoneNumber, number.value)
  }
  return ok([...numbers.values()])
}

/** An entry is an object with `phoneNumber`, or just the number. */
function readNumber(entry: unknown, field: string): Result<NumberToAdd, ApiFailure> {
  const source: Readonly<Record<string, unknown>> = typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>) : { phoneNumber: entry }
  const written = source['phoneNumber']
  if (typeof written !== 'string' || written === '') return err(fieldRequired(`${field}.phoneNumber`))
  const phoneNumber = normalizePhoneNumber(written)
  if (phoneNumber === undefined) return err(invalidField(`${field}.phoneNumber`, `"${written}" is no telephone number`, '11 digits beginning with 1'))
  const operationalStatus = source['operationalStatus']
  if (operationalStatus !== undefined && operationalStatus !== 'ACTIVE' && operationalStatus !== 'STAGED')
    return err(invalidField(`${field}.operationalStatus`, 'is unknown', 'ACTIVE or STAGED'))
  return ok({ phoneNumber, referenceType: textOf(source['referenceType']), referenceId: textOf(source['referenceId']), operationalStatus })
}

/**
 * A change of a number on an account.
 * @param body with PATCH only what changes, `null` to take the reference away; with PUT everything.
 */
export function readNumberRevision(body: Readonly<Record<string, unknown>>, before: TelephoneNumberRow): Result<NumberRevision, ApiFailure> {
  const reference = readReference(body, before)
  if (!reference.ok) return reference
  const csr = body['customerServiceRecord']
  const customerServiceRecord = csr === undefined ? undefined : readCustomerServiceRecord(csr)
  if (customerServiceRecord !== undefined && !customerServiceRecord.ok) return customerServiceRecord
  const listing = body['directoryListing']
  const directoryListing = listing === undefined ? undefined : readDirectoryListing(listing)
  if (directoryListing !== undefined && !directoryListing.ok) return directoryListing
  const e911 = body['e911Address']
  const fallback = customerServiceRecord?.value ?? (before.customer_service_record as unknown as CustomerServiceRecord)
  const e911Address = e911 === undefined ? undefined : readE911Address(e911 ?? undefined, fallback)
  if (e911Address !== undefined && !e911Address.ok) return e911Address
  const flags = readFlags(body)
  if (!flags.ok) return flags
  return ok({
    ...flags.value,
    ...(reference.value === undefined ? {} : { reference: reference.value }),
    ...(customerServiceRecord === undefined ? {} : { customerServiceRecord: customerServiceRecord.value }),
    ...(directoryListing === undefined ? {} : { directoryListing: directoryListing.value }),
    ...(e911Address === undefined ? {} : { e911Address: e911Address.value }),
  })
}

function readReference(body: Readonly<Record<string, unknown>>, before: TelephoneNumberRow): Result<NumberRevision['reference'], ApiFailure> {
  const { referenceType, referenceId } = body
  if (referenceType === undefined && referenceId === undefined) return ok(undefined)
  if (referenceType === null || referenceId === null) return ok(null)
  const type = textOf(referenceType) ?? before.reference_type
  const id = textOf(referenceId) ?? before.reference_id
  if (type === null || type === undefined) return err(fieldRequired('referenceType'))
  if (id === null || id === undefined) return err(fieldRequired('referenceId'))
  if (!REFERENCE_TYPES.some((known) => known === type))
    return err(invalidField('referenceType', `"${type}" is unknown`, `one of ${REFERENCE_TYPES.join(', ')}`))
  return ok({ type, id })
}

function readFlags(body: Readonly<Record<string, unknown>>): Result<Pick<NumberRevision, 'assignAsCallerId' | 'operationalStatus' | 'ringType'>, ApiFailure> {
  const { assignAsCallerId, operationalStatus, ringType } = body
  if (assignAsCallerId !== undefined && typeof assignAsCallerId !== 'boolean')
    return err(invalidField('assignAsCallerId', 'has the wrong type', 'true or false'))
  if (operationalStatus !== undefined && operationalStatus !== 'ACTIVE' && operationalStatus !== 'STAGED')
    return err(invalidField('operationalStatus', 'is unknown', 'ACTIVE or STAGED'))
  if (ringType !== undefined && (typeof ringType !== 'string' || !RING_TYPES.includes(ringType)))
    return err(invalidField('ringType', 'is unknown', `one of ${RING_TYPES.join(', ')}`))
  return ok({
    ...(assignAsCallerId === undefined ? {} : { assignAsCallerId }),
    ...(operationalStatus === undefined ? {} : { operationalStatus }),
    ...(ringType === undefined ? {} : { ringType: ringType }),
  })
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

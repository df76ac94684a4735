import { err, ok, type Result } from '@dialtone/foundation'
import { normalizePhoneNumber } from '@dialtone/numbering'
import { type ApiFailure, fieldRequired, invalidField } from '../failures/index.ts'
import type { NumbersToAdd, NumberToAdd } from './activate-numbers.ts'
import { type CustomerServiceRecord, readCustomerServiceRecord, readE911Address } from './customer-service-record.ts'
import { readDirectoryListing } from './directory-listing.ts'
import { OPERATIONAL_STATUSES, REFERENCE_TYPES, RING_TYPES, SERVICE_PACKAGE_TYPES } from './telephone-number.ts'
import type { TelephoneNumberRow } from './telephone-number-queries.ts'
import type { NumberRevision } from './update-number.ts'

const MAX_NUMBERS = 100

/** The body of "add numbers to the account" (S1-79 … S1-86). */
export function readNumbersToAdd(body: Readonly<Record<string, unknown>>): Result<NumbersToAdd, ApiFailure> {
  const numbers = readNumbers(body['telephoneNumbers'])
  if (!numbers.ok) return numbers
  const customerServiceRecord = readCustomerServiceRecord(body['customerServiceRecord'])
  if (!customerServiceRecord.ok) return customerServiceRecord
  const directoryListing = readDirectoryListing(body['directoryListing'])
  if (!directoryListing.ok) return directoryListing
  const byotnCarrierId = readCarrierId(body['byotnCarrierId'])
  if (!byotnCarrierId.ok) return byotnCarrierId
  return ok({
    numbers: numbers.value,
    customerServiceRecord: customerServiceRecord.value,
    directoryListing: directoryListing.value,
    e911Address: body['e911Address'],
    holdActivation: body['holdActivation'] === true,
    byotnCarrierId: byotnCarrierId.value,
    orderId: undefined,
  })
}

/** @param input objects with `phoneNumber`, or just the numbers; each once. */
export function readNumbers(input: unknown): Result<readonly NumberToAdd[], ApiFailure> {
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
  const { operationalStatus, canAcceptSMS, servicePackageType } = source
  const problem =
    wordProblem(operationalStatus, `${field}.operationalStatus`, OPERATIONAL_STATUSES) ??
    wordProblem(servicePackageType, `${field}.servicePackageType`, SERVICE_PACKAGE_TYPES) ??
    flagProblem(canAcceptSMS, `${field}.canAcceptSMS`)
  if (problem !== undefined) return err(problem)
  return ok({
    phoneNumber,
    referenceType: textOf(source['referenceType']),
    referenceId: textOf(source['referenceId']),
    operationalStatus: OPERATIONAL_STATUSES.find((known) => known === operationalStatus),
    canAcceptSMS: canAcceptSMS === true,
    servicePackageType: textOf(servicePackageType),
  })
}

/** A carrier of the provider's own; `undefined` for numbers of the inventory. */
export function readCarrierId(input: unknown): Result<string | undefined, ApiFailure> {
  if (input === undefined || input === '') return ok(undefined)
  return typeof input === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(input)
    ? ok(input)
    : err(invalidField('byotnCarrierId', 'is no id of a carrier', 'up to 64 letters, digits, - and _'))
}

function wordProblem(value: unknown, field: string, words: readonly string[]): ApiFailure | undefined {
  return value === undefined || (typeof value === 'string' && words.includes(value))
    ? undefined
    : invalidField(field, 'is unknown', `one of ${words.join(', ')}`)
}

function flagProblem(value: unknown, field: string): ApiFailure | undefined {
  return value === undefined || typeof value === 'boolean' ? undefined : invalidField(field, 'has the wrong type', 'true or false')
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

type Flags = Pick<NumberRevision, 'assignAsCallerId' | 'operationalStatus' | 'ringType' | 'canAcceptSMS' | 'servicePackageType'>

function readFlags(body: Readonly<Record<string, unknown>>): Result<Flags, ApiFailure> {
  const { assignAsCallerId, operationalStatus, ringType, canAcceptSMS, servicePackageType } = body
  const problem =
    flagProblem(assignAsCallerId, 'assignAsCallerId') ??
    flagProblem(canAcceptSMS, 'canAcceptSMS') ??
    wordProblem(operationalStatus, 'operationalStatus', OPERATIONAL_STATUSES) ??
    wordProblem(ringType, 'ringType', RING_TYPES) ??
    wordProblem(servicePackageType, 'servicePackageType', SERVICE_PACKAGE_TYPES)
  if (problem !== undefined) return err(problem)
  const given = { assignAsCallerId, operationalStatus, ringType, canAcceptSMS, servicePackageType }
  // Each was checked above, one by one.
  return ok(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Flags)
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

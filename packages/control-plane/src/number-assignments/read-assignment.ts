import { err, ok, type Result } from '@dialtone/foundation'
import { normalizePhoneNumber } from '@dialtone/numbering'
import { NO_ADDRESS, NOBODY } from '../addresses/index.ts'
import { type ApiFailure, fieldRequired, invalidField } from '../failures/index.ts'
import { type CustomerServiceRecord, type NumberRevision, readDirectoryListing, readE911Address, type ReferenceType, type TelephoneNumberRow } from '../telephone-numbers/index.ts' // prettier-ignore

type Body = Readonly<Record<string, unknown>>

/** S2-49, S2-50, C-37: what a caller ID name is made of in the number guide. */
const CALLER_ID_NAME = /^[A-Za-z0-9 ]{1,15}$/

export interface Assignment {
  readonly phoneNumber: string
  readonly revise: (before: TelephoneNumberRow) => Result<NumberRevision, ApiFailure>
}

/** The body of an assignment: the number, whether it is the one shown, and where help is sent (S2-30). */
export function readAssignment(body: Body, target: { readonly type: ReferenceType; readonly id: string }): Result<Assignment, ApiFailure> {
  const phoneNumber = readTelephoneNumber(body['telephoneNumber'])
  if (!phoneNumber.ok) return phoneNumber
  const { primary, e911Address } = body
  if (primary !== undefined && typeof primary !== 'boolean') return err(invalidField('primary', 'has the wrong type', 'true or false'))
  if (primary === true && target.type !== 'END_USER') return err(invalidField('primary', 'works only for a number of a user', 'an assignment to a user'))
  const isShown = primary !== undefined && target.type === 'END_USER' ? { assignAsCallerId: primary } : {}
  return ok({
    phoneNumber: phoneNumber.value,
    revise: (before) => {
      const address = revisedAddress(e911Address, before)
      return address.ok ? ok({ reference: target, ...isShown, ...address.value }) : address
    },
  })
}

/** What `PUT …/telephone-number/{number}` changes; members that are not sent stay as they are (S2-38). */
export function readNumberUpdate(body: Body, before: TelephoneNumberRow): Result<NumberRevision, ApiFailure> {
  const { callerIdName, e911Address, directoryListing } = body
  if (callerIdName !== undefined && (typeof callerIdName !== 'string' || !CALLER_ID_NAME.test(callerIdName)))
    return err(invalidField('callerIdName', 'cannot be shown as a caller name', '1 to 15 letters, digits and spaces'))
  const address = revisedAddress(e911Address, before)
  if (!address.ok) return address
  const listing = directoryListing === undefined ? undefined : readDirectoryListing(directoryListing)
  if (listing !== undefined && !listing.ok) return listing
  return ok({
    ...(callerIdName === undefined ? {} : { customerServiceRecord: { ...recordOf(before), customerName: callerIdName } }),
    ...(listing === undefined ? {} : { directoryListing: listing.value }),
    ...address.value,
  })
}

export function readTelephoneNumber(written: unknown): Result<string, ApiFailure> {
  if (written === undefined || written === null || written === '') return err(fieldRequired('telephoneNumber'))
  const phoneNumber = typeof written === 'string' || typeof written === 'number' ? normalizePhoneNumber(String(written)) : undefined
  return phoneNumber === undefined ? err(invalidField('telephoneNumber', 'is no telephone number', '10 or 11 digits')) : ok(phoneNumber)
}

/** Whoever the number is recorded for is at the address, unless it says somebody else. */
function revisedAddress(given: unknown, before: TelephoneNumberRow): Result<Pick<NumberRevision, 'e911Address'>, ApiFailure> {
  if (given === undefined) return ok({})
  const record = recordOf(before)
  const read = readE911Address(given, record)
  if (!read.ok) return read
  const isNameless = read.value.firstName === '' && read.value.lastName === '' && read.value.businessName === ''
  const { firstName, middleInitial, lastName, businessName, customerType } = record
  return ok({ e911Address: isNameless ? { ...read.value, firstName, middleInitial, lastName, businessName, customerType } : read.value })
}

/** Every number on an account has one; the members are those it was written with. */
function recordOf(row: TelephoneNumberRow): CustomerServiceRecord {
  return { ...NO_ADDRESS, ...NOBODY, customerName: '', blockCustomerName: false, ...row.customer_service_record }
}

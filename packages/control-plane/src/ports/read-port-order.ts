import { err, ok, type Result } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { type ApiFailure, fieldRequired, invalidFields } from '../failures/index.ts'
import { named } from '../http/index.ts'
import { readCustomerServiceRecord } from '../telephone-numbers/index.ts'
import { given, nameOf, readBillingNumber } from './port-body.ts'
import { readNumbersToPort } from './read-numbers-to-port.ts'
import type { PortSubmission } from './submit-port.ts'

const text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))

/** The body of S2-23. */
export const PortOrder = named(
  'PortOrder',
  Type.Object({
    telephoneNumbers: Type.Array(Type.String({ maxLength: 40 }), { minItems: 1, maxItems: 100 }),
    accountId: Type.String({ maxLength: 128 }),
    subscriber: Type.Object({ firstName: text(256), lastName: text(256), companyName: text(256), authorizedName: text(256) }),
    serviceAddress: Type.Object({ street: text(256), city: text(256), state: text(64), zipCode: text(16), location: text(256), country: text(16) }),
    billingTelephoneNumber: text(40),
    /** At the losing carrier. */
    accountNumber: Type.String({ minLength: 1, maxLength: 50, pattern: '^[A-Za-z0-9 ._/-]*$' }),
    /** Where the losing carrier has one. */
    pin: Type.Optional(Type.String({ maxLength: 15, pattern: '^[A-Za-z0-9]*$' })),
    requestedDate: text(40),
    currentProvider: text(128),
  }),
)

export function readPortOrder(body: Static<typeof PortOrder>): Result<PortSubmission, ApiFailure> {
  const numbers = readNumbersToPort(body.telephoneNumbers)
  if (!numbers.ok) return numbers
  const { subscriber, serviceAddress } = body
  if (given(subscriber.companyName) === undefined) {
    if (given(subscriber.firstName) === undefined) return err(fieldRequired('subscriber.firstName'))
    if (given(subscriber.lastName) === undefined) return err(fieldRequired('subscriber.lastName'))
  }
  const record = readCustomerServiceRecord(recordOf(subscriber, serviceAddress))
  if (!record.ok) return err(inOrderWords(record.error))
  const billing = readBillingNumber(body.billingTelephoneNumber, numbers.value.map((number) => number.phoneNumber)) // prettier-ignore
  if (!billing.ok) return billing
  return ok({
    numbers: numbers.value,
    terms: {
      customerServiceRecord: record.value,
      billingTelephoneNumber: billing.value,
      portingAuthorizedName: given(subscriber.authorizedName) ?? nameOf(record.value),
      wireType: undefined,
      accountNumber: body.accountNumber.trim(),
      pin: given(body.pin),
      date: { field: 'requestedDate', written: given(body.requestedDate), isWish: true },
      currentProvider: given(body.currentProvider),
      telecomSettings: undefined,
      hotCutPortId: undefined,
      sendLoa: false,
      portNow: false,
      canAcceptSMS: false,
      smsCallbackUrl: undefined,
    },
    directoryListing: { listed: false, type: 'PORTED', address: undefined },
    e911Address: undefined,
    isOnHold: false,
  })
}

type Order = Static<typeof PortOrder>

function recordOf(subscriber: Order['subscriber'], serviceAddress: Order['serviceAddress']) {
  const { firstName, lastName, companyName } = subscriber
  const company = given(companyName)
  const name = company ?? `${firstName ?? ''} ${lastName ?? ''}`.trim()
  return {
    ...serviceAddress,
    ...{ firstName, lastName, businessName: company },
    customerType: company === undefined ? 'RESIDENTIAL' : 'BUSINESS',
    // What other people's phones will show: what of the name can be shown (C-37).
    customerName: name.replaceAll(/[^A-Za-z0-9 &.'-]/g, '').slice(0, 15).trim(), // prettier-ignore
  }
}

/** The record is put together from the order: its failures are told in the order's words. */
function inOrderWords(failure: ApiFailure): ApiFailure {
  const details = failure.details?.map((problem) => ({ ...problem, field: problem.field.replace('customerServiceRecord.', 'serviceAddress.') }))
  return details === undefined ? failure : invalidFields(details)
}

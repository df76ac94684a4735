import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, fieldRequired, invalidField } from '../failures/index.ts'
import { normalizePhoneNumber } from '@dialtone/numbering'
import { activateNumbers, type NumbersToAdd } from './activate-numbers.ts'
import { type CustomerServiceRecord, isCallerName, readCustomerServiceRecord } from './customer-service-record.ts'
import { pointNumberAt, referenceFailure } from './destination.ts'
import { e911Columns, readE911Record } from './e911-record.ts'
import { readCarrierId } from './read-number-requests.ts'
import { numberTaken } from './reserve-number.ts'
import { numberChanged } from './telephone-number-events.ts'
import { lockOnAccount, type TelephoneNumberRow, updateNumber } from './telephone-number-queries.ts'

/** A number at another provider that a user of ours is reached by: known for its name and the place help is sent to. */
export interface ExternalNumber {
  readonly phoneNumber: string
  readonly userId: string | undefined
  readonly inboundCarrierId: string
  readonly cnam: string | undefined
  readonly customerServiceRecord: CustomerServiceRecord | undefined
  readonly e911Address: unknown
  /** Whether calls to it come to us. */
  readonly callable: boolean
}

const UNKNOWN_CARRIER = 'external'

export function readExternalNumber(body: Readonly<Record<string, unknown>>): Result<ExternalNumber, ApiFailure> {
  const { phoneNumber: written, userId, inboundCarrierId, cnam, customerServiceRecord, e911Address, callable } = body
  if (typeof written !== 'string' || written === '') return err(fieldRequired('phoneNumber'))
  const phoneNumber = normalizePhoneNumber(written)
  if (phoneNumber === undefined) return err(invalidField('phoneNumber', 'is no telephone number', '10 or 11 digits'))
  const carrier = readCarrierId(inboundCarrierId)
  if (!carrier.ok) return carrier
  if (cnam !== undefined && !isCallerName(cnam)) return err(invalidField('cnam', 'cannot be shown as a caller name', 'at most 15 letters, digits and spaces'))
  const record = customerServiceRecord === undefined ? undefined : readCustomerServiceRecord(customerServiceRecord)
  if (record !== undefined && !record.ok) return record
  return ok({
    phoneNumber,
    userId: typeof userId === 'string' && userId !== '' ? userId : undefined,
    inboundCarrierId: carrier.value ?? UNKNOWN_CARRIER,
    cnam: isCallerName(cnam) ? cnam : undefined,
    customerServiceRecord: record?.value,
    e911Address,
    callable: callable !== false,
  })
}

/** Puts a number of another provider on the account, or changes what is known of one that is there. */
export function putExternalNumber(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  external: ExternalNumber,
): Promise<Result<TelephoneNumberRow, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const { phoneNumber, userId } = external
    let row = await lockOnAccount(change.sql, scope, phoneNumber)
    if (row !== undefined && !row.is_external) return err(numberTaken(phoneNumber))
    if (row === undefined) {
      const added = await activateNumbers(change, principal, scope, asNewNumber(external))
      if (!added.ok) return added
      row = added.value[0]
    }
    if (row === undefined) return err(entityNotFound('TelephoneNumber', phoneNumber))
    const reference = { referenceType: userId === undefined ? undefined : 'END_USER', referenceId: userId }
    const refused = (await referenceFailure(change.sql, scope, reference)) ?? (await pointNumberAt(change, scope, phoneNumber, reference))
    if (refused !== undefined) return err(refused)
    const record = { ...(row.customer_service_record as unknown as CustomerServiceRecord), ...external.customerServiceRecord }
    const named = external.cnam === undefined ? record : { ...record, customerName: external.cnam }
    const e911 = external.e911Address === undefined ? undefined : await readE911Record(external.e911Address, named)
    if (e911 !== undefined && !e911.ok) return e911
    const values = {
      is_external: true,
      carrier_id: external.inboundCarrierId,
      operational_status: external.callable ? 'ACTIVE' : 'STAGED',
      reference_type: reference.referenceType ?? null,
      reference_id: userId ?? null,
      ever_referenced: row.ever_referenced || userId !== undefined,
      customer_service_record: JSON.stringify(named),
      ...(e911 === undefined ? {} : e911Columns(e911.value)),
    }
    const stored = await updateNumber(change.sql, row, values, change.now)
    const after = { external: true, callable: external.callable, userId }
    change.emit(numberChanged(scope, phoneNumber, { event: 'number.updated', type: 'PHONE_NUMBER', action: 'UPDATE', after }))
    return ok(stored)
  })
}

function asNewNumber(external: ExternalNumber): NumbersToAdd {
  const number = { phoneNumber: external.phoneNumber, referenceType: undefined, referenceId: undefined, operationalStatus: undefined, canAcceptSMS: false, servicePackageType: undefined } // prettier-ignore
  return {
    numbers: [number],
    customerServiceRecord: external.customerServiceRecord,
    directoryListing: undefined,
    e911Address: external.e911Address,
    holdActivation: false,
    byotnCarrierId: external.inboundCarrierId,
    orderId: undefined,
  }
}

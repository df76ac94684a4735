import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { showAsCallerId, withdrawCallerId } from '../end-users/index.ts'
import { type Write, write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, invalidField } from '../failures/index.ts'
import { pointNumberAt, referenceFailure } from './destination.ts'
import type { CustomerServiceRecord } from './customer-service-record.ts'
import type { DirectoryListing } from './directory-listing.ts'
import { type E911Address, NO_ADDRESS, NOBODY } from '../addresses/index.ts'
import { noteEmergencyAddress } from './number-service-events.ts'
import { e911Columns, e911RecordOf } from './e911-record.ts'
import { numberChanged } from './telephone-number-events.ts'
import { lockOnAccount, type TelephoneNumberRow, updateNumber } from './telephone-number-queries.ts'

/** The wanted state of a number on an account; `undefined` members stay as they are. */
export interface NumberRevision {
  /** `null` takes the reference away: callers then get a busy tone. */
  readonly reference?: { readonly type: string; readonly id: string } | null
  readonly assignAsCallerId?: boolean
  readonly customerServiceRecord?: CustomerServiceRecord
  readonly directoryListing?: DirectoryListing
  readonly e911Address?: E911Address
  readonly operationalStatus?: 'ACTIVE' | 'STAGED'
  readonly ringType?: string
  readonly canAcceptSMS?: boolean
  readonly servicePackageType?: string
}

/** Changes what a number rings, who shows it, and what is recorded about it (S1-87 … S1-90). */
export function updateTelephoneNumber(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  phoneNumber: string,
  revise: (before: TelephoneNumberRow) => Result<NumberRevision, ApiFailure>,
): Promise<Result<TelephoneNumberRow, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const before = await lockOnAccount(change.sql, scope, phoneNumber)
    if (before === undefined) return err(entityNotFound('TelephoneNumber', phoneNumber))
    const revised = revise(before)
    if (!revised.ok) return revised
    const revision = revised.value
    const { reference } = revision
    if (reference !== undefined && reference !== null) {
      const failure = await referenceFailure(change.sql, scope, { referenceType: reference.type, referenceId: reference.id })
      if (failure !== undefined) return err(failure)
    }
    const row = await updateNumber(change.sql, before, await columnsOf(revision, before), change.now)
    if (reference !== undefined) {
      const refused = await pointNumberAt(change, scope, phoneNumber, { referenceType: reference?.type, referenceId: reference?.id })
      if (refused !== undefined) return err(refused)
    }
    if (revision.assignAsCallerId === true) {
      if (row.reference_type !== 'END_USER' || row.reference_id === null) return err(onlyForUsers())
      await showAsCallerId(change, scope, row.reference_id, phoneNumber)
    } else if (revision.assignAsCallerId === false) {
      await withdrawCallerId(change, scope, phoneNumber)
    }
    if (revision.e911Address !== undefined) await noteAddress(change, scope, row)
    for (const type of historyTypes(revision))
      change.emit(numberChanged(scope, phoneNumber, { event: 'number.updated', type, action: 'UPDATE', before: summaryOf(before), after: summaryOf(row) }))
    return ok(row)
  })
}

async function columnsOf(revision: NumberRevision, before: TelephoneNumberRow) {
  const { reference, customerServiceRecord, directoryListing, e911Address, operationalStatus, ringType, canAcceptSMS, servicePackageType } = revision
  return {
    ...(reference === undefined
      ? {}
      : { reference_type: reference?.type ?? null, reference_id: reference?.id ?? null, ever_referenced: before.ever_referenced || reference !== null }),
    ...(customerServiceRecord === undefined ? {} : { customer_service_record: JSON.stringify(customerServiceRecord) }),
    ...(directoryListing === undefined ? {} : { directory_listing: JSON.stringify(directoryListing) }),
    ...(e911Address === undefined ? {} : e911Columns(await e911RecordOf(e911Address))),
    ...(operationalStatus === undefined ? {} : { operational_status: operationalStatus }),
    ...(ringType === undefined ? {} : { ring_type: ringType }),
    ...(canAcceptSMS === undefined ? {} : { can_accept_sms: canAcceptSMS }),
    ...(servicePackageType === undefined ? {} : { service_package_type: servicePackageType }),
  }
}

function historyTypes(revision: NumberRevision): string[] {
  const types: string[] = []
  if (revision.e911Address !== undefined) types.push('ADDRESS_E911')
  if (revision.customerServiceRecord !== undefined) types.push('ADDRESS_CSR')
  if (revision.directoryListing !== undefined) types.push('ADDRESS_DIRECTORY_LISTING')
  const { customerServiceRecord: _record, directoryListing: _listing, e911Address: _address, ...others } = revision
  return Object.keys(others).length > 0 || types.length === 0 ? ['PHONE_NUMBER', ...types] : types
}

function summaryOf(row: TelephoneNumberRow) {
  return {
    referenceType: row.reference_type,
    referenceId: row.reference_id,
    operationalStatus: row.operational_status,
    customerServiceRecord: row.customer_service_record,
    directoryListing: row.directory_listing,
    e911Address: row.e911_address,
  }
}

function onlyForUsers(): ApiFailure {
  return invalidField('assignAsCallerId', 'works only for a number that rings a user', 'referenceType END_USER')
}

async function noteAddress(change: Write, scope: AccountScope, row: TelephoneNumberRow): Promise<void> {
  const customer = { ...NO_ADDRESS, ...NOBODY, ...row.e911_address }
  const isInDoubt = row.e911_correction !== null && row.e911_decision === null
  await noteEmergencyAddress(change, scope, row.phone_number, { isRegistered: row.e911_registered, isInDoubt, customer })
}

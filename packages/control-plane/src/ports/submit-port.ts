import { err, newId, ok, type Result } from '@dialtone/foundation'
import { areaCodeOf, isTollFree } from '@dialtone/numbering'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { type AccountRow, lockAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import { type Write, write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict } from '../failures/index.ts'
import { type CountryCode, countryOfState, lazyPlaceTables, placeOfExchange, stateOfAreaCode } from '../reference-data/index.ts'
import { openActivation } from '../service-activations/index.ts'
import { claimForPort, type DirectoryListing, type PortedPlace, readE911Address } from '../telephone-numbers/index.ts'
import { crdInstant, takeDueSteps } from './advance-ports.ts'
import { activationStatusOf, carrierStatusOf, type PortStatus } from './port.ts'
import { type PortTerms, secretsFailure } from './port-body.ts'
import { readPortDate } from './port-dates.ts'
import { portChanged } from './port-events.ts'
import { insertPort, insertPortNumbers, lockPort } from './port-queries.ts'
import type { PortDetails, PortRecord } from './port-record.ts'
import type { PortingCarrier } from './porting-carrier.ts'

export interface PortSubmission {
  readonly numbers: readonly { readonly phoneNumber: string; readonly referenceType: string | undefined; readonly referenceId: string | undefined }[]
  readonly terms: PortTerms
  readonly directoryListing: DirectoryListing
  /** As given; flat, nested or none. */
  readonly e911Address: unknown
  readonly isOnHold: boolean
}

/** The id of the carrier that brings numbers in; the sandbox's, until a deployment has another. */
const CARRIER_ID = 'sandbox-pstn'
const tables = lazyPlaceTables()

/** Asks another carrier for numbers (S2-22 … S2-25, S0-38): until it lets go they are on the account, pending. */
export function submitPort(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  carrier: PortingCarrier,
  submission: PortSubmission,
): Promise<Result<PortRecord, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const account = await lockAccount(change.sql, scope)
    if (account === undefined || account.status === 'DELETED') return err(entityNotFound('Account', scope.accountId))
    const portability = submission.numbers.map(({ phoneNumber }) => ({ phoneNumber, ...carrier.portability(phoneNumber) }))
    const refused = portability.find((one) => !one.portable)
    if (refused !== undefined) return err(notPortable(refused.phoneNumber, refused.reason))
    const [first] = portability
    const wireType = submission.terms.wireType ?? first?.wireType ?? 'Wireline'
    const missing = secretsFailure({ ...submission.terms, wireType }, false)
    if (missing !== undefined) return err(missing)
    const country = countryOfNumber(submission.numbers[0]?.phoneNumber ?? '')
    const crdDate = readPortDate(submission.terms.date, change.now.getTime(), account.time_zone, country)
    if (!crdDate.ok) return crdDate
    const terms = { ...submission.terms, wireType }
    const losingCarrier = submission.terms.currentProvider ?? first?.currentCarrier ?? ''
    const written = await writePort(context, change, scope, account, { ...submission, terms }, { crdDate: crdDate.value, country, losingCarrier })
    if (!written.ok) return written
    const port = await takeDueSteps(context, change, carrier, written.value)
    change.emit(portChanged(port, { action: 'CREATE' }))
    return ok(port)
  })
}

async function writePort(
  context: Context,
  change: Write,
  scope: AccountScope,
  account: AccountRow,
  submission: PortSubmission,
  settled: { readonly crdDate: string; readonly country: CountryCode; readonly losingCarrier: string },
): Promise<Result<PortRecord, ApiFailure>> {
  const id = newId()
  const status: PortStatus = submission.isOnHold ? 'ON_HOLD' : 'PENDING'
  const { terms, directoryListing } = submission
  const e911 = readE911Address(submission.e911Address, terms.customerServiceRecord)
  if (!e911.ok) return e911
  const claimed = await claimForPort(
    change,
    scope,
    account,
    submission.numbers.map((number) => ({ ...number, place: placeOf(number.phoneNumber) })),
    {
      ...{ portId: id, carrierId: CARRIER_ID, carrierStatus: carrierStatusOf(status), customerServiceRecord: terms.customerServiceRecord },
      ...{ directoryListing, e911Address: e911.value },
    },
  )
  if (!claimed.ok) return claimed
  await insertPort(change.sql, {
    ...{ id, partition_id: scope.partitionId, account_id: scope.accountId, status, carrier_id: CARRIER_ID, losing_carrier: settled.losingCarrier },
    ...columnsOf(context, id, terms),
    requested_date: terms.date.written?.slice(0, 10) ?? null,
    crd_date: settled.crdDate,
    time_zone: account.time_zone,
    country: settled.country,
    details: JSON.stringify(detailsOf(terms, directoryListing)),
    submitted_at: change.now,
    created_at: change.now,
    updated_at: change.now,
  })
  const numbers = submission.numbers.map(({ phoneNumber }) => ({ phoneNumber, fromInventory: claimed.value.has(phoneNumber) }))
  const taken = await insertPortNumbers(change.sql, id, numbers)
  if (taken !== undefined) return err(inConflict('TelephoneNumberInUse', `${taken} is being ported already.`, { phoneNumber: taken }))
  await openPortActivation(change, scope, id, status, submission, settled)
  const port = await lockPort(change.sql, scope, id)
  return port === undefined ? err(entityNotFound('Port', id)) : ok(port)
}

/** The columns that a correction may change, besides the date. */
export function columnsOf(context: Context, id: string, terms: PortTerms) {
  return {
    wire_type: terms.wireType ?? 'Wireline',
    hot_cut_port_id: terms.hotCutPortId ?? null,
    ...(terms.pin === undefined ? {} : { pin_sealed: context.sealer.seal(terms.pin, id) }),
  }
}

export function detailsOf(terms: PortTerms, directoryListing: DirectoryListing): PortDetails {
  const { customerServiceRecord, billingTelephoneNumber, portingAuthorizedName, accountNumber, currentProvider, telecomSettings } = terms
  const { sendLoa, portNow, canAcceptSMS, smsCallbackUrl } = terms
  return {
    ...{ customerServiceRecord, directoryListing, billingTelephoneNumber, portingAuthorizedName, accountNumber, currentProvider, telecomSettings },
    ...{ sendLoa, portNow, canAcceptSMS, smsCallbackUrl },
  }
}

async function openPortActivation(
  change: Write,
  scope: AccountScope,
  id: string,
  status: PortStatus,
  submission: PortSubmission,
  settled: { readonly crdDate: string; readonly losingCarrier: string },
): Promise<void> {
  const { firstName, lastName, businessName, city, state } = submission.terms.customerServiceRecord
  await openActivation(change, scope, {
    serviceType: 'PORT_REQUEST',
    referenceType: 'PORT',
    referenceId: id,
    status: activationStatusOf(status, false),
    telephoneNumbers: submission.numbers.map((number) => number.phoneNumber),
    details: {
      ...{ firstName, lastName, companyName: businessName, city, state },
      crdDate: crdInstant(settled.crdDate),
      losingCarrier: settled.losingCarrier,
      editableFieldTypes: ['crdDate', 'wirelessAccountNumber', 'wirelessPin', 'name'],
    },
  })
}

export function notPortable(phoneNumber: string, reason: string | undefined): ApiFailure {
  return inConflict('TelephoneNumberNotPortable', reason ?? `${phoneNumber} cannot be ported.`, { phoneNumber })
}

/** Bank holidays are those of the country the number lies in. */
export function countryOfNumber(phoneNumber: string): CountryCode {
  const state = stateOfAreaCode(tables, areaCodeOf(phoneNumber) ?? '')
  return (state === undefined ? undefined : countryOfState(state)) ?? 'USA'
}

function placeOf(phoneNumber: string): PortedPlace {
  if (isTollFree(phoneNumber)) return { rateCenter: 'TOLLFREE', state: '', country: 'USA', latitude: undefined, longitude: undefined }
  const npa = areaCodeOf(phoneNumber) ?? ''
  const place = placeOfExchange(tables, npa, phoneNumber.slice(4, 7))
  return {
    rateCenter: place?.name.toUpperCase() ?? '',
    state: place?.state ?? stateOfAreaCode(tables, npa) ?? '',
    country: place?.country ?? countryOfNumber(phoneNumber),
    latitude: place?.coordinates?.latitude,
    longitude: place?.coordinates?.longitude,
  }
}

import { err, ok, type Result } from '@dialtone/foundation'
import { isDeepStrictEqual } from 'node:util'
import { type AccountScope, actorOf, type PartitionScope, type Principal, systemScope } from '../access/index.ts'
import { dayAt } from '../business-days/index.ts'
import type { Context } from '../context.ts'
import { write, type Write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict } from '../failures/index.ts'
import { dropPorted, markPorted } from '../telephone-numbers/index.ts'
import { reportProgress, takeDueSteps } from './advance-ports.ts'
import { cancelTypeOf, carrierStatusOf, editableFields, isFinished, type PortStatus } from './port.ts'
import { type PortTerms, secretsFailure } from './port-body.ts'
import { readPortDate } from './port-dates.ts'
import { portChanged } from './port-events.ts'
import { closePortNumbers, lockPort, updatePort } from './port-queries.ts'
import { phoneNumbersOf, type PortRecord } from './port-record.ts'
import type { PortingCarrier } from './porting-carrier.ts'
import { columnsOf, detailsOf } from './submit-port.ts'

type PortScope = PartitionScope | AccountScope

/** Changes a port and sends it again: a correction after a rejection, or of one that is not agreed to yet. */
export function revisePort(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  carrier: PortingCarrier,
  id: string,
  revise: (before: PortRecord) => Result<PortTerms, ApiFailure>,
): Promise<Result<PortRecord, ApiFailure>> {
  return onPort(context, principal, scope, id, async (change, before) => {
    const revised = revise(before)
    if (!revised.ok) return revised
    const terms = { ...revised.value, wireType: revised.value.wireType ?? before.wireType }
    const missing = secretsFailure(terms, before.pinSealed !== undefined)
    if (missing !== undefined) return err(missing)
    const crdDate = revisedDate(before, terms, change.now.getTime())
    if (!crdDate.ok) return crdDate
    const details = JSON.stringify(detailsOf({ ...terms, currentProvider: before.details.currentProvider }, before.details.directoryListing))
    const refused = editFailure(before, terms, details)
    if (refused !== undefined) return err(refused)
    // Sent again, it would take the agreement back. One that was refused goes again as it is when that is asked for.
    if (before.status !== 'REJECTED' && crdDate.value === before.crdDate && isSame(before, terms, details)) return ok(before)
    const status: PortStatus = before.status === 'ON_HOLD' ? 'ON_HOLD' : 'PENDING'
    const port = await updatePort(
      change.sql,
      before,
      {
        ...columnsOf(context, id, terms),
        ...{ status, rejection: null, foc_at: null, triggered_at: null, submitted_at: change.now },
        requested_date: terms.date.written?.slice(0, 10) ?? null,
        crd_date: crdDate.value,
        details,
      },
      change.now,
    )
    await markPorted(change, scope, phoneNumbersOf(port), carrierStatusOf(status), { customerServiceRecord: terms.customerServiceRecord })
    // Changing the date takes the agreement back (FOC_REMOVED); the event says so before it is pending again.
    if (before.status === 'APPROVED')
      await reportProgress(change, port, { status: 'FOC_REMOVED', message: `The agreement for ${before.crdDate} was taken back.` })
    await reportProgress(change, port, { message: before.status === 'REJECTED' ? 'Corrected and sent again.' : 'Changed and sent again.' })
    change.emit(portChanged(port, { action: 'UPDATE', before }))
    return ok(await takeDueSteps(context, change, carrier, port))
  })
}

/** Lets a port that was held go to the losing carrier. */
export function releasePort(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  carrier: PortingCarrier,
  id: string,
): Promise<Result<PortRecord, ApiFailure>> {
  return onPort(context, principal, scope, id, async (change, before) => {
    if (before.status !== 'ON_HOLD') return err(wrongState('PortNotOnHold', before, 'released'))
    // A held port may have waited past its date.
    const crdDate = revisedDate(before, { date: { field: 'crdDate', written: before.crdDate, isWish: false } }, change.now.getTime())
    if (!crdDate.ok) return crdDate
    const port = await updatePort(change.sql, before, { status: 'PENDING', submitted_at: change.now, crd_date: crdDate.value }, change.now)
    await markPorted(change, scope, phoneNumbersOf(port), carrierStatusOf(port.status))
    await reportProgress(change, port, { message: 'Released and sent to the losing carrier.' })
    change.emit(portChanged(port, { action: 'UPDATE', before }))
    return ok(await takeDueSteps(context, change, carrier, port))
  })
}

/**
 * Gives a port up: the numbers leave the account, unless something points at them.
 * @param o.allowAfterApproval the first interface may cancel until the numbers are here, the second only before the carrier agreed (S2-28, C-34).
 */
export function cancelPort(
  context: Context,
  principal: Principal,
  scope: PortScope,
  id: string,
  o: { readonly allowAfterApproval: boolean },
): Promise<Result<PortRecord, ApiFailure>> {
  return onPort(context, principal, scope, id, async (change, before) => {
    const isEarly = before.status === 'PENDING' || before.status === 'ON_HOLD'
    if (isFinished(before.status) || (!o.allowAfterApproval && !isEarly)) return err(wrongState('PortNotCancellable', before, 'cancelled'))
    const failure = await dropPorted(change, systemScope(before.partitionId, before.accountId), before.numbers)
    if (failure !== undefined) return err(failure)
    await closePortNumbers(change.sql, before)
    const port = await updatePort(change.sql, before, { status: 'CANCELLED', cancel_type: cancelTypeOf(before.status), next_step_at: null }, change.now)
    await reportProgress(change, port, { message: 'Cancelled by the customer.' })
    change.emit(portChanged(port, { action: 'UPDATE', before }))
    return ok(port)
  })
}

/** Starts the cut now, once the losing carrier has agreed. @returns whether there was something to start. */
export async function triggerPort(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  carrier: PortingCarrier,
  id: string,
): Promise<Result<'started' | 'under-way', ApiFailure>> {
  return onPort(context, principal, scope, id, async (change, before) => {
    if (before.status === 'COMPLETED' || (before.status === 'IN_PROGRESS' && before.triggeredAt !== undefined)) return ok('under-way')
    if (before.status !== 'APPROVED' && before.status !== 'IN_PROGRESS') return err(wrongState('PortNotApproved', before, 'triggered'))
    const port = await updatePort(change.sql, before, { triggered_at: change.now }, change.now)
    await reportProgress(change, port, { message: 'The cut was triggered.' })
    change.emit(portChanged(port, { action: 'UPDATE', before }))
    await takeDueSteps(context, change, carrier, port)
    return ok('started')
  })
}

async function onPort<Value>(
  context: Context,
  principal: Principal,
  scope: PortScope,
  id: string,
  work: (change: Write, port: PortRecord) => Promise<Result<Value, ApiFailure>>,
): Promise<Result<Value, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const port = await lockPort(change.sql, scope, id)
    return port === undefined ? err(entityNotFound('Port', id)) : work(change, port)
  })
}

/** A date that was fine when it was chosen, and is too near now, becomes the next possible one; a new one has to be right. */
function revisedDate(before: PortRecord, terms: Pick<PortTerms, 'date'>, nowMs: number): Result<string, ApiFailure> {
  const { date } = terms
  const isKept = date.written?.slice(0, 10) === before.crdDate
  const wanted = readPortDate(date, nowMs, before.timeZone, before.country)
  if (wanted.ok || !isKept) return wanted
  return before.crdDate < dayAt(nowMs, before.timeZone) || before.status !== 'APPROVED'
    ? readPortDate({ ...date, written: undefined }, nowMs, before.timeZone, before.country)
    : ok(before.crdDate)
}

function editFailure(before: PortRecord, terms: PortTerms, details: string): ApiFailure | undefined {
  const editable = editableFields(before.status)
  if (editable === 'everything') return undefined
  return editable === 'date' && isSame(before, terms, details)
    ? undefined
    : wrongState('PortNotEditable', before, editable === 'date' ? 'changed in more than its date' : 'changed')
}

function isSame(before: PortRecord, { pin, hotCutPortId, wireType }: PortTerms, details: string): boolean {
  return isDeepStrictEqual(JSON.parse(details), before.details) && pin === undefined && hotCutPortId === before.hotCutPortId && wireType === before.wireType
}

function wrongState(code: string, port: PortRecord, verb: string): ApiFailure {
  return inConflict(code, `A port that is ${port.status} cannot be ${verb}.`, { portId: port.id, status: port.status })
}

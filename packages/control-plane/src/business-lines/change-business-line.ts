import { err, newUuid, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { addObject, changeObject, pointTo, removeObject } from '../account-objects/index.ts'
import { type AccountRow, lockAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../database/index.ts'
import { describePort, portsOf, releasePort } from '../devices/index.ts'
import { afterCommit, write, type Write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict, invalidFields } from '../failures/index.ts'
import { addSipCredentials, newSipUsername, removeSipCredentials } from '../sip-credentials/index.ts'
import { type BusinessLine, referencesOf } from './business-line.ts'
import { businessLineChanged, partOfLineChanged } from './business-line-events.ts'
import {
  type BusinessLineRow,
  countBusinessLines,
  deleteBusinessLineRow,
  handlingOf,
  insertBusinessLine,
  lineOf,
  lockBusinessLine,
  MAX_LINES,
  ownNumbers,
  updateBusinessLineRow,
} from './business-line-queries.ts'
import { type CallHandling, callHandlingProblems, DEFAULT_CALL_HANDLING, forwardTargetsOf } from './call-handling.ts'
import { forwardTargetFailure } from './forward-target.ts'

type Answer = Promise<Result<BusinessLineRow, ApiFailure>>

/** The line and a login for it; its port comes later (S1-100, S2-42). */
export function createBusinessLine(context: Context, principal: Principal, scope: AccountScope, line: BusinessLine): Answer {
  const id = newUuid()
  const object = { type: 'BUSINESS_LINE', id } as const
  return write(context, actorOf(principal), async (change) => {
    const account = await lockAccount(change.sql, scope)
    if (account === undefined || account.status === 'DELETED') return err(entityNotFound('Account', scope.accountId))
    if ((await countBusinessLines(change.sql, scope)) >= MAX_LINES)
      return err(inConflict('AccountBusinessLineLimitReached', `An account holds at most ${MAX_LINES} of them.`, { limit: MAX_LINES }))
    const failure = await numberFailure(change.sql, scope, line)
    if (failure !== undefined) return err(failure)
    const given = { sipUsername: undefined, sipPassword: undefined, username: newSipUsername() }
    const login = await addSipCredentials(context, change, scope, object, given)
    if (!login.ok) return login
    const row = await insertBusinessLine(change.sql, scope, id, line, change.now)
    const refused =
      (await addObject(change, scope, { ...object, name: line.name })) ??
      (await pointTo(change, scope, object, referencesOf(line, DEFAULT_CALL_HANDLING, undefined)))
    if (refused !== undefined) return err(refused)
    change.emit(businessLineChanged(scope, row, undefined, line))
    return ok(row)
  })
}

export function updateBusinessLine(context: Context, principal: Principal, scope: AccountScope, lineId: string, line: BusinessLine): Answer {
  const object = { type: 'BUSINESS_LINE', id: lineId } as const
  return changeLine(context, principal, scope, lineId, async (change, _account, row) => {
    const failure = (await numberFailure(change.sql, scope, line)) ?? (await changeObject(change, scope, object, { name: line.name }))
    if (failure !== undefined) return err(failure)
    const updated = await updateBusinessLineRow(change.sql, row, { line }, change.now)
    const refused = await pointLine(change, scope, updated)
    if (refused !== undefined) return err(refused)
    await describePort(change, scope, { id: lineId, name: line.name, emergencyNumber: line.emergencyCallbackPhoneNumber })
    change.emit(businessLineChanged(scope, updated, lineOf(row), line))
    return ok(updated)
  })
}

/** What happens to calls of a number that points at the line (S1-104, S1-105). */
export function updateCallHandling(context: Context, principal: Principal, scope: AccountScope, lineId: string, handling: CallHandling): Answer {
  return changeLine(context, principal, scope, lineId, async (change, _account, row) => {
    const problems = callHandlingProblems(handling)
    if (problems.length > 0) return err(invalidFields(problems))
    const failure = await forwardTargetFailure(change.sql, scope, forwardTargetsOf(handling))
    if (failure !== undefined) return err(failure)
    const updated = await updateBusinessLineRow(change.sql, row, { handling }, change.now)
    const refused = await pointLine(change, scope, updated)
    if (refused !== undefined) return err(refused)
    change.emit(partOfLineChanged(scope, row, 'CALL_FORWARDING', handlingOf(row), handling))
    return ok(updated)
  })
}

/** Removes a line with its login, and its device with the last line on it. Refused while a number or a hunt group rings it. */
export async function deleteBusinessLine(context: Context, principal: Principal, scope: AccountScope, lineId: string): Promise<Result<undefined, ApiFailure>> {
  const object = { type: 'BUSINESS_LINE', id: lineId } as const
  const deleted = await changeLine(context, principal, scope, lineId, async (change, _account, row) => {
    const refused = (await removeObject(change, scope, object)) ?? (await releasePort(change, scope, lineId))
    if (refused !== undefined) return err(refused)
    await removeSipCredentials(change, object)
    await deleteBusinessLineRow(change.sql, row)
    change.emit(businessLineChanged(scope, row, lineOf(row), undefined))
    return ok(undefined)
  })
  if (deleted.ok) await afterCommit(context, () => context.registrations.dropBindings(lineId))
  return deleted
}

/** A change of one line, under the locks that all changes of lines take: first its account, then itself. */
export function changeLine<Value>(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  lineId: string,
  work: (change: Write, account: AccountRow, row: BusinessLineRow) => Promise<Result<Value, ApiFailure>>,
): Promise<Result<Value, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const account = await lockAccount(change.sql, scope)
    const row = account === undefined ? undefined : await lockBusinessLine(change.sql, scope, lineId)
    if (account === undefined || row === undefined) return err(entityNotFound('BusinessLine', lineId))
    return work(change, account, row)
  })
}

/** Says anew what the line points at. @param deviceId when the port of the line is not the one the database has. */
export async function pointLine(change: Write, scope: AccountScope, row: BusinessLineRow, deviceId?: string | null): Promise<ApiFailure | undefined> {
  const device = deviceId === undefined ? (await portsOf(change.sql, scope, [row.id])).get(row.id)?.deviceId : (deviceId ?? undefined)
  return pointTo(change, scope, { type: 'BUSINESS_LINE', id: row.id }, referencesOf(lineOf(row), handlingOf(row), device))
}

/** Both numbers are of the account. */
async function numberFailure(sql: Transaction, scope: AccountScope, line: BusinessLine): Promise<ApiFailure | undefined> {
  const fields = (['callerIdPhoneNumber', 'emergencyCallbackPhoneNumber'] as const).flatMap((field) => {
    const number = line[field]
    return number === undefined ? [] : [{ field, number }]
  })
  const own = await ownNumbers(sql, scope, fields.map(({ number }) => number)) // prettier-ignore
  const foreign = fields.filter(({ number }) => !own.has(number))
  if (foreign.length === 0) return undefined
  return invalidFields(
    foreign.map(({ field, number }) => ({
      field,
      code: field === 'callerIdPhoneNumber' ? 'InvalidCallerIdPhoneNumber' : 'InvalidEmergencyCallbackPhoneNumber',
      reason: `"${number}" is not on this account`,
      rule: 'a telephone number of the account',
    })),
  )
}

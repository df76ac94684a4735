import { err, ok, type Result } from '@dialtone/foundation'
import Type from 'typebox'
import type { AccountScope, Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, conflictStatus, entityNotFound } from '../failures/index.ts'
import { accountOperation, named, type Operation, type Reply } from '../http/index.ts'
import { callerIdNumbers, type ReferenceType, TELEPHONE_NUMBER_TAG as tag, type TelephoneNumberRow, updateTelephoneNumber } from '../telephone-numbers/index.ts'
import { DESTINATION_PATHS } from './destination-paths.ts'
import { lineOfDevice } from './line-of-device.ts'
import { NumberDetailView, numberDetailView } from './hyphenated-number-view.ts'
import { readAssignment, readTelephoneNumber } from './read-assignment.ts'
import { unassignNumber } from './unassign-number.ts'

const ACCOUNT = '/v2/partition/:partitionId/account/:accountId'
const id = Type.String({ maxLength: 64 })
const account = { partitionId: Type.String(), accountId: Type.String() }
/** Read by read-assignment.ts: a number in any spelling, an address in any form. */
const AssignmentBody = named(
  'TelephoneNumberAssignment',
  Type.Object({
    telephoneNumber: Type.Optional(Type.Unknown()),
    primary: Type.Optional(Type.Boolean()),
    e911Address: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  }),
)
const NumberQuery = Type.Object({ telephoneNumber: Type.Optional(Type.String({ maxLength: 32 })) })

interface Target {
  readonly type: ReferenceType
  readonly id: string
}

/** Every kind of object a number can be assigned to, each at its own path; taking it away goes with and without naming the number (C-31). */
export const assignmentOperations: readonly Operation[] = [
  ...DESTINATION_PATHS.flatMap(({ segment, type, noun }) => {
    const path = `${ACCOUNT}/${segment}/:objectId/telephone-number`
    const params = Type.Object({ ...account, objectId: id })
    return [
      accountOperation({
        method: 'PUT',
        path,
        tag,
        summary: `Assign a number of the account to ${noun}`,
        requires: { permission: 'EU_TELEPHONE_DESTINATION', level: 'EDIT' },
        params,
        body: AssignmentBody,
        responses: { 200: NumberDetailView },
        handle: (context, { principal, scope, params: { objectId }, body }) => assign(context, principal, scope, { type, id: objectId }, body),
      }),
      accountOperation({
        method: 'DELETE',
        path,
        tag,
        summary: `Take the number away from ${noun}; the one named in the query, or the only one`,
        requires: { permission: 'EU_TELEPHONE_DESTINATION', level: 'EDIT' },
        params,
        query: NumberQuery,
        responses: { 204: undefined },
        handle: (context, { principal, scope, params: { objectId }, query }) =>
          unassign(context, principal, scope, { type, id: objectId }, query.telephoneNumber),
      }),
      accountOperation({
        method: 'DELETE',
        path: `${path}/:tn`,
        tag,
        summary: `Take a number away from ${noun}`,
        requires: { permission: 'EU_TELEPHONE_DESTINATION', level: 'EDIT' },
        params: Type.Object({ ...account, objectId: id, tn: id }),
        responses: { 204: undefined },
        handle: (context, { principal, scope, params: { objectId, tn } }) => unassign(context, principal, scope, { type, id: objectId }, tn),
      }),
    ]
  }),
  ...deviceLineOperations(),
]

/** A line by its place on a device (S2-31). */
function deviceLineOperations(): readonly Operation[] {
  const path = `${ACCOUNT}/device/:deviceId/line/:lineNumber/telephone-number`
  const place = { ...account, deviceId: id, lineNumber: Type.Integer({ minimum: 1, maximum: 100 }) }
  return [
    accountOperation({
      method: 'PUT',
      path,
      tag,
      summary: 'Assign a number of the account to a line of a device',
      requires: { permission: 'EU_TELEPHONE_DESTINATION', level: 'EDIT' },
      params: Type.Object(place),
      body: AssignmentBody,
      responses: { 200: NumberDetailView },
      handle: async (context, { principal, scope, params, body }) => {
        const line = await lineOfDevice(context.database.sql, scope, params)
        return line === undefined ? err(noLine(params)) : assign(context, principal, scope, line, body)
      },
    }),
    accountOperation({
      method: 'DELETE',
      path,
      tag,
      summary: 'Take the number away from a line of a device; the one named in the query, or the only one',
      requires: { permission: 'EU_TELEPHONE_DESTINATION', level: 'EDIT' },
      params: Type.Object(place),
      query: NumberQuery,
      responses: { 204: undefined },
      handle: async (context, { principal, scope, params, query }) => {
        const line = await lineOfDevice(context.database.sql, scope, params)
        return line === undefined ? err(noLine(params)) : unassign(context, principal, scope, line, query.telephoneNumber)
      },
    }),
  ]
}

async function assign(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  target: Target,
  body: Readonly<Record<string, unknown>>,
): Promise<Result<Reply, ApiFailure>> {
  const assignment = readAssignment(body, target)
  if (!assignment.ok) return assignment
  const updated = conflictStatus(await updateTelephoneNumber(context, principal, scope, assignment.value.phoneNumber, assignment.value.revise))
  return updated.ok ? ok({ status: 200, body: await detailOf(context, scope, updated.value) }) : updated
}

async function unassign(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  target: Target,
  written: string | undefined,
): Promise<Result<Reply, ApiFailure>> {
  const phoneNumber = written === undefined ? ok(undefined) : readTelephoneNumber(written)
  if (!phoneNumber.ok) return phoneNumber
  const unassigned = conflictStatus(await unassignNumber(context, principal, scope, target, phoneNumber.value))
  return unassigned.ok ? ok({ status: 204 }) : unassigned
}

export async function detailOf(context: Context, scope: AccountScope, row: TelephoneNumberRow) {
  const shown = await callerIdNumbers(context.database.sql, scope, [row])
  return numberDetailView(row, shown.has(row.phone_number), context.clock.nowMs())
}

function noLine(place: { readonly deviceId: string; readonly lineNumber: number }): ApiFailure {
  return entityNotFound('DeviceLine', `${place.deviceId}/${place.lineNumber}`)
}

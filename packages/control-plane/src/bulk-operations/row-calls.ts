import { err, ok, type Result } from '@dialtone/foundation'
import { normalizePhoneNumber } from '@dialtone/numbering'
import type { AccountScope } from '../access/index.ts'
import type { Sql } from '../database/index.ts'
import { type ApiFailure, entityNotFound, fieldRequired, invalidField } from '../failures/index.ts'
import type { OperationCall } from '../http/index.ts'
import type { BulkJobType } from './bulk-job-type.ts'
import type { BulkObject } from './bulk-object.ts'

const ACCOUNT = '/v2/partition/:partitionId/account/:accountId'
/** The operations of the interface that a row goes through: a bulk job can do nothing that a request cannot, and by no other rules. */
export const USER_COLLECTION = { method: 'POST', path: `${ACCOUNT}/user` } as const
export const NUMBER_COLLECTION = { method: 'POST', path: `${ACCOUNT}/telephonenumber` } as const
const CALLS = {
  deleteUser: { method: 'DELETE', path: `${ACCOUNT}/user/:userId` },
  patchUser: { method: 'PATCH', path: `${ACCOUNT}/user/:userId` },
  deleteNumber: { method: 'DELETE', path: `${ACCOUNT}/telephonenumber/:telephoneNumber` },
  callingPlan: { method: 'PUT', path: `${ACCOUNT}/callingplan` },
  voicemailBox: { method: 'PATCH', path: `${ACCOUNT}/voicemailbox/:voicemailBoxId` },
  deviceLine: { method: 'PATCH', path: `${ACCOUNT}/deviceline/:deviceId` },
} as const

/** The call that decides whether a job of a type may be started at all. */
export const CALL_OF_JOB: Readonly<Record<BulkJobType, Pick<OperationCall, 'method' | 'path'>>> = {
  'create users': USER_COLLECTION,
  'create telephone numbers': NUMBER_COLLECTION,
  'delete users': CALLS.deleteUser,
  'delete telephone numbers': CALLS.deleteNumber,
  UPDATE_CALLING_PLAN: CALLS.callingPlan,
  UPDATE_VOICEMAIL_SETTINGS: CALLS.voicemailBox,
  UPDATE_CALL_FORWARDING: CALLS.patchUser,
  UPDATE_DEVICE_CONFIGURATION: CALLS.deviceLine,
  DELETE_USERS: CALLS.deleteUser,
  PROVISION_FEATURES: CALLS.patchUser,
}

/** What of a user identifies him, and is never given to many at once. */
const OWN_TO_A_USER = new Set(['id', 'userId', 'firstName', 'lastName', 'extension', 'username', 'emailAddress'])

export interface RowCalls {
  readonly calls: readonly OperationCall[]
  /** What the row turned out to be about, such as the user of an extension. */
  readonly subject: Readonly<Record<string, string>>
}

/**
 * What one row of a job means.
 * @param sql reads inside the row's own transaction: what an earlier row made is there.
 */
export async function callsOfRow(
  sql: Sql,
  scope: AccountScope,
  type: BulkJobType,
  object: BulkObject,
  parameters: BulkObject,
): Promise<Result<RowCalls, ApiFailure>> {
  switch (type) {
    case 'create users':
      return createUser(sql, scope, { ...parameters, ...object })
    case 'create telephone numbers':
      return createNumber(sql, scope, { ...parameters, ...object })
    case 'delete telephone numbers':
      return deleteNumber(scope, object)
    default: {
      const user = await findUser(sql, scope, object)
      if (!user.ok) return user
      const calls = await userCalls(sql, scope, type, user.value, parameters)
      return calls.ok ? ok({ calls: calls.value, subject: { userId: user.value.id, extension: user.value.extension ?? '' } }) : calls
    }
  }
}

function paramsOf(scope: AccountScope, further: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return { partitionId: scope.partitionId, accountId: scope.accountId, ...further }
}

/** The fields of a user's own request; the plan named in the spreadsheet is given to him right after. */
async function createUser(sql: Sql, scope: AccountScope, row: BulkObject): Promise<Result<RowCalls, ApiFailure>> {
  const { callingPlan, userId: _ignored, ...body } = row
  const create: OperationCall = { ...USER_COLLECTION, params: paramsOf(scope), body }
  if (typeof callingPlan !== 'string') return ok({ calls: [create], subject: {} })
  const product = await sql
    .selectFrom('calling_plan_product')
    .select('id')
    .where('partition_id', '=', scope.partitionId)
    .where((expression) => expression.or([expression('id', '=', callingPlan), expression('name', '=', callingPlan)]))
    .executeTakeFirst()
  if (product === undefined) return err(entityNotFound('CallingPlanProduct', callingPlan))
  return ok({ calls: [create, planCall(scope, NEW_USER, product.id, false)], subject: {} })
}

/** Stands for the id that the row's first call will have given. */
export const NEW_USER = '{created}'

function planCall(scope: AccountScope, userId: string, callingPlanProductId: string, pending: boolean): OperationCall {
  const body = { referenceType: 'END_USER', referenceId: userId, callingPlanProductId, callingPlanType: 'NEW_CALLING_PLAN', pending }
  return { ...CALLS.callingPlan, params: paramsOf(scope), body }
}

const RECORD_FIELDS = [
  ...['customerName', 'customerType', 'businessName', 'firstName', 'lastName', 'streetNumber', 'streetName', 'streetSuffix', 'street'],
  ...['unit', 'city', 'state', 'country', 'postalCode'],
]

async function createNumber(sql: Sql, scope: AccountScope, row: BulkObject): Promise<Result<RowCalls, ApiFailure>> {
  const { phoneNumber, referenceType, referenceId, operationalStatus, extension, customerServiceRecord, ...rest } = row
  if (typeof phoneNumber !== 'string') return err(fieldRequired('phoneNumber'))
  const destination = await destinationOf(sql, scope, { referenceType, referenceId, extension })
  if (!destination.ok) return destination
  const body = {
    telephoneNumbers: [{ phoneNumber, operationalStatus, ...destination.value }],
    customerServiceRecord: customerServiceRecord ?? (await recordOf(sql, scope, rest)),
    directoryListing: rest['directoryListing'],
    e911Address: rest['e911Address'],
    holdActivation: rest['holdActivation'],
  }
  return ok({ calls: [{ ...NUMBER_COLLECTION, params: paramsOf(scope), body: withoutUndefined(body) }], subject: { phoneNumber } })
}

async function destinationOf(sql: Sql, scope: AccountScope, given: BulkObject): Promise<Result<BulkObject, ApiFailure>> {
  const { referenceType, referenceId, extension } = given
  if (typeof extension !== 'string' || referenceId !== undefined) return ok(withoutUndefined({ referenceType, referenceId }))
  const user = await findUser(sql, scope, { extension })
  return user.ok ? ok({ referenceType: 'END_USER', referenceId: user.value.id }) : user
}

/** The record of the row's own columns, or else of the account (C-14, C-36). */
async function recordOf(sql: Sql, scope: AccountScope, row: BulkObject): Promise<BulkObject | undefined> {
  const given = Object.fromEntries(RECORD_FIELDS.flatMap((field) => (row[field] === undefined ? [] : [[field, row[field]]])))
  if (given['city'] !== undefined || given['postalCode'] !== undefined || given['street'] !== undefined) return given
  const account = await sql
    .selectFrom('account')
    .select(['account_name', 'service_address'])
    .where('id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .executeTakeFirst()
  if (account === undefined || account.service_address === null) return Object.keys(given).length === 0 ? undefined : given
  return { customerType: 'BUSINESS', businessName: account.account_name, ...account.service_address, ...given }
}

function deleteNumber(scope: AccountScope, row: BulkObject): Result<RowCalls, ApiFailure> {
  const written = row['phoneNumber']
  if (typeof written !== 'string') return err(fieldRequired('phoneNumber'))
  const phoneNumber = normalizePhoneNumber(written)
  if (phoneNumber === undefined) return err(invalidField('phoneNumber', `"${written}" is no telephone number`, '10 or 11 digits'))
  return ok({ calls: [{ ...CALLS.deleteNumber, params: paramsOf(scope, { telephoneNumber: phoneNumber }) }], subject: { phoneNumber } })
}

interface FoundUser {
  readonly id: string
  readonly extension: string | null
  readonly voicemail_box_id: string | null
}

/** By id, extension or user name, inside the account only. */
export async function findUser(sql: Sql, scope: AccountScope, object: BulkObject): Promise<Result<FoundUser, ApiFailure>> {
  const named = (['userId', 'extension', 'username', 'emailAddress'] as const).find((field) => typeof object[field] === 'string')
  if (named === undefined) return err(fieldRequired('extension'))
  const column = ({ userId: 'id', extension: 'extension', username: 'username', emailAddress: 'email_address' } as const)[named]
  const value = String(object[named])
  const users = await sql
    .selectFrom('end_user')
    .select(['id', 'extension', 'voicemail_box_id'])
    .where(column, '=', value)
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .limit(2)
    .execute()
  const [user] = users
  if (user === undefined) return err(entityNotFound('EndUser', value))
  return users.length > 1 ? err(invalidField(named, `"${value}" belongs to several users`, 'name one user', `Ambiguous${named}`)) : ok(user)
}

async function userCalls(
  sql: Sql,
  scope: AccountScope,
  type: Exclude<BulkJobType, 'create users' | 'create telephone numbers' | 'delete telephone numbers'>,
  user: FoundUser,
  parameters: BulkObject,
): Promise<Result<readonly OperationCall[], ApiFailure>> {
  const patch = (body: BulkObject): Result<readonly OperationCall[], ApiFailure> =>
    ok([{ ...CALLS.patchUser, params: paramsOf(scope, { userId: user.id }), body }])
  switch (type) {
    case 'delete users':
    case 'DELETE_USERS':
      return ok([{ ...CALLS.deleteUser, params: paramsOf(scope, { userId: user.id }) }])
    case 'UPDATE_CALLING_PLAN':
      return ok([planCall(scope, user.id, String(parameters['callingPlanId']), parameters['pending'] === true)])
    case 'UPDATE_CALL_FORWARDING':
      return patch({ callHandlingSettings: forwardingOf(parameters) })
    case 'PROVISION_FEATURES':
      return patch(Object.fromEntries(Object.entries(featuresOf(parameters)).filter(([name]) => !OWN_TO_A_USER.has(name))))
    case 'UPDATE_VOICEMAIL_SETTINGS':
      if (user.voicemail_box_id === null) return err(entityNotFound('VoicemailBox', user.id))
      return ok([{ ...CALLS.voicemailBox, params: paramsOf(scope, { voicemailBoxId: user.voicemail_box_id }), body: parameters }])
    case 'UPDATE_DEVICE_CONFIGURATION':
      return deviceCalls(sql, scope, user, parameters)
  }
}

async function deviceCalls(sql: Sql, scope: AccountScope, user: FoundUser, parameters: BulkObject): Promise<Result<readonly OperationCall[], ApiFailure>> {
  const lines = await sql
    .selectFrom('device_line')
    .select('id')
    .where('user_id', '=', user.id)
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .orderBy('id')
    .execute()
  if (lines.length === 0) return err(entityNotFound('Device', user.id))
  return ok(lines.map((line) => ({ ...CALLS.deviceLine, params: paramsOf(scope, { deviceId: line.id }), body: { ...parameters } })))
}

/** Whole settings, or the short form `{enabled, forwardToNumber}`. */
function forwardingOf(parameters: BulkObject): unknown {
  if (parameters['callHandlingSettings'] !== undefined) return parameters['callHandlingSettings']
  const { enabled, forwardToNumber, ...settings } = parameters
  if (forwardToNumber === undefined && enabled === undefined) return settings
  return enabled === false ? { callHandlingOptionType: 'RingPhone' } : { callHandlingOptionType: 'ForwardAlways', forwardAlwaysToNumber: forwardToNumber }
}

function featuresOf(parameters: BulkObject): BulkObject {
  const { features } = parameters
  return typeof features === 'object' && features !== null && !Array.isArray(features) ? (features as BulkObject) : parameters
}

function withoutUndefined(value: BulkObject): BulkObject {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined))
}

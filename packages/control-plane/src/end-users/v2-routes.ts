import { err, ok, type Result } from '@dialtone/foundation'
import { normalizePhoneNumber } from '@dialtone/numbering'
import Type, { type Static } from 'typebox'
import { systemScope } from '../access/index.ts'
import { type ApiFailure, entityNotFound, invalidField } from '../failures/index.ts'
import { accountOperation, checkSchema, freeObject, mergePatch, MAX_OFFSET, named, oneOf, type Operation, partitionOperation } from '../http/index.ts'
import { normalizeTimeZone } from '../time-zones/index.ts'
import { CallerIdConfig, CallHandlingSettings, CallScreeningSettings } from './call-handling.ts'
import { createEndUser } from './create-end-user.ts'
import { deleteEndUser } from './delete-end-user.ts'
import { END_USER_TYPES, type EndUserAttributes, type EndUserRequest, USER_PRODUCT_PLANS } from './end-user.ts'
import { findEndUser, listEndUsers, listPartitionUsers } from './end-user-queries.ts'
import { EndUserView, viewsOf } from './end-user-view.ts'
import { updateEndUser } from './update-end-user.ts'

const EndUserBody = named(
  'EndUserRequest',
  Type.Object({
    firstName: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    lastName: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    username: Type.Optional(Type.String({ minLength: 3, maxLength: 256, pattern: '^[A-Za-z0-9@._+-]+$' })),
    emailAddress: Type.Optional(Type.String({ maxLength: 256, format: 'email' })),
    languageTag: Type.Optional(oneOf(['en-US', 'fr-CA', 'es-MX'])),
    timeZone: Type.Optional(Type.String({ maxLength: 64 })),
    extension: Type.Optional(Type.String({ maxLength: 8 })),
    endUserType: Type.Optional(oneOf(END_USER_TYPES)),
    userProductPlan: Type.Optional(oneOf(USER_PRODUCT_PLANS)),
    allowPortalAccess: Type.Optional(Type.Boolean()),
    blockEmail: Type.Optional(Type.Boolean()),
    callerIdConfig: Type.Optional(CallerIdConfig),
    callHandlingSettings: Type.Optional(CallHandlingSettings),
    callScreeningSettings: Type.Optional(CallScreeningSettings),
    callHandlingSchedules: Type.Optional(Type.Array(freeObject(), { maxItems: 100 })),
  }),
)

const COLLECTION = '/v2/partition/:partitionId/account/:accountId/user'
const ITEM = `${COLLECTION}/:userId`
/** Spellings of the other documentation set (C-12). */
const COLLECTION_ALIASES = ['/v2/partition/:partitionId/account/:accountId/users', '/v2/partition/:partitionId/account/:accountId/enduser']
const ITEM_ALIASES = COLLECTION_ALIASES.map((alias) => `${alias}/:userId`)
const MAX_LIST = 1000
const UserPath = Type.Object({ partitionId: Type.String(), accountId: Type.String(), userId: Type.String() })
const own = (level: 'READ' | 'EDIT') => ({ permission: 'EU_User' as const, level, own: { permission: 'EU_User' as const, parameter: 'userId' } })

export const endUserOperations: readonly Operation[] = [
  accountOperation({
    method: 'POST',
    path: COLLECTION,
    aliases: COLLECTION_ALIASES,
    tag: 'End User',
    summary: 'Create a user with voicemail box, call handling and calling plan',
    requires: { permission: 'EU_User', level: 'CREATE' },
    body: EndUserBody,
    responses: { 200: EndUserView },
    handle: async (context, { principal, scope, body }) => {
      const request = requestOf(body)
      if (!request.ok) return request
      const created = await createEndUser(context, principal, scope, request.value)
      if (created.ok && context.unit?.isUnanswered === true) return ok({ status: 200, body: { id: created.value.id } })
      return created.ok ? ok({ status: 200, body: (await viewsOf(context, scope, [created.value]))[0] }) : created
    },
  }),
  accountOperation({
    method: 'GET',
    path: COLLECTION,
    aliases: COLLECTION_ALIASES,
    tag: 'End User',
    summary: 'List the users of an account',
    requires: { permission: 'EU_User', level: 'READ' },
    responses: { 200: Type.Array(EndUserView) },
    handle: async (context, { scope }) => ok({ status: 200, body: await viewsOf(context, scope, await listEndUsers(context.database.sql, scope, MAX_LIST)) }),
  }),
  partitionOperation({
    method: 'GET',
    path: '/v2/partition/:partitionId/users',
    tag: 'End User',
    summary: 'List the users of all accounts of a partition, in pages',
    requires: { permission: 'EU_User', level: 'READ' },
    query: Type.Object({
      limit: Type.Integer({ minimum: 1, maximum: MAX_LIST, default: 100 }),
      offset: Type.Integer({ minimum: 0, maximum: MAX_OFFSET, default: 0 }),
    }),
    responses: { 200: Type.Array(EndUserView) },
    handle: async (context, { scope, query }) => {
      const rows = await listPartitionUsers(context.database.sql, scope, query)
      const byAccount = Map.groupBy(rows, (row) => row.account_id)
      const views = await Promise.all([...byAccount].map(([accountId, users]) => viewsOf(context, systemScope(scope.partitionId, accountId), users)))
      return ok({ status: 200, body: views.flat() })
    },
  }),
  accountOperation({
    method: 'GET',
    path: ITEM,
    aliases: ITEM_ALIASES,
    tag: 'End User',
    summary: 'Read a user',
    requires: own('READ'),
    params: UserPath,
    responses: { 200: EndUserView },
    handle: async (context, { scope, params }) => {
      const row = await findEndUser(context.database.sql, scope, params.userId)
      return row === undefined ? err(entityNotFound('EndUser', params.userId)) : ok({ status: 200, body: (await viewsOf(context, scope, [row]))[0] })
    },
  }),
  accountOperation({
    method: 'PUT',
    path: ITEM,
    aliases: ITEM_ALIASES,
    tag: 'End User',
    summary: 'Replace a user',
    requires: { permission: 'EU_User', level: 'EDIT' },
    params: UserPath,
    body: EndUserBody,
    responses: { 200: EndUserView },
    handle: async (context, { principal, scope, params, body }) => {
      const updated = await updateEndUser(context, principal, scope, params.userId, () => requestOf(body))
      return updated.ok ? ok({ status: 200, body: (await viewsOf(context, scope, [updated.value]))[0] }) : updated
    },
  }),
  accountOperation({
    method: 'PATCH',
    path: ITEM,
    aliases: ITEM_ALIASES,
    tag: 'End User',
    summary: 'Change parts of a user (JSON Merge Patch)',
    requires: { permission: 'EU_User', level: 'EDIT' },
    params: UserPath,
    body: freeObject(),
    responses: { 200: EndUserView },
    handle: async (context, { principal, scope, params, body }) => {
      const updated = await updateEndUser(context, principal, scope, params.userId, (before) => {
        const checked = checkSchema(EndUserBody, mergePatch(bodyOf(before), body))
        return checked.ok ? requestOf(checked.value) : checked
      })
      return updated.ok ? ok({ status: 200, body: (await viewsOf(context, scope, [updated.value]))[0] }) : updated
    },
  }),
  accountOperation({
    method: 'DELETE',
    path: ITEM,
    aliases: ITEM_ALIASES,
    tag: 'End User',
    summary: 'Delete a user that nothing points at any more',
    requires: { permission: 'EU_User', level: 'DELETE' },
    params: UserPath,
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params }) => {
      const deleted = await deleteEndUser(context, principal, scope, params.userId)
      return deleted.ok ? ok({ status: 204 }) : deleted
    },
  }),
]

function requestOf(body: Static<typeof EndUserBody>): Result<EndUserRequest, ApiFailure> {
  const timeZone = body.timeZone === undefined ? undefined : normalizeTimeZone(body.timeZone)
  if (body.timeZone !== undefined && timeZone === undefined)
    return err(invalidField('timeZone', `"${body.timeZone}" is unknown`, 'one of GET /v2/ref/timezones'))
  const written = body.callerIdConfig?.callerIdNumber
  const callerIdNumber = written === undefined ? undefined : normalizePhoneNumber(written)
  if (written !== undefined && callerIdNumber === undefined)
    return err(invalidField('callerIdConfig.callerIdNumber', 'is no telephone number', '10 or 11 digits', 'InvalidCallerIdNumber'))
  return ok({
    ...body,
    timeZone,
    callerIdConfig: body.callerIdConfig === undefined || callerIdNumber === undefined ? body.callerIdConfig : { ...body.callerIdConfig, callerIdNumber },
  })
}

function bodyOf(user: EndUserAttributes): Record<string, unknown> {
  return Object.fromEntries(Object.entries(user).filter(([, value]) => value !== undefined))
}

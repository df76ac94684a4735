import { err, ok } from '@dialtone/foundation'
import Type from 'typebox'
import { systemScope } from '../access/index.ts'
import { entityNotFound } from '../failures/index.ts'
import { accountOperation, freeObject, MAX_OFFSET, oneOf, type Operation, partitionOperation, patchedBody } from '../http/index.ts'
import { createEndUser } from './create-end-user.ts'
import { deleteEndUser } from './delete-end-user.ts'
import type { EndUserAttributes } from './end-user.ts'
import { bodyOf, EndUserBody, requestOf } from './end-user-body.ts'
import { findEndUser, findEndUserByName, listEndUsers, listPartitionUsers } from './end-user-queries.ts'
import { EndUserSummary, EndUserView, summaryOf, viewsOf } from './end-user-view.ts'
import { updateEndUser } from './update-end-user.ts'

const COLLECTION = '/v2/partition/:partitionId/account/:accountId/user'
const ITEM = `${COLLECTION}/:userId`
/** Spellings of the other documentation set (C-12). */
const COLLECTION_ALIASES = ['/v2/partition/:partitionId/account/:accountId/users', '/v2/partition/:partitionId/account/:accountId/enduser']
const ITEM_ALIASES = COLLECTION_ALIASES.map((alias) => `${alias}/:userId`)
const MAX_LIST = 1000
const MAX_LIMITED_LIST = 100_000
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
      const created = await createEndUser(context, principal, scope, request.value, { callingPlanProductId: body.newCppId })
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
    query: Type.Object({ limitedData: Type.Optional(Type.Boolean()) }),
    responses: { 200: Type.Array(Type.Union([EndUserView, EndUserSummary])) },
    handle: async (context, { scope, query, page }) => {
      const isLimited = query.limitedData === true
      // Every user with a few fields, or the first thousand with all of them (public-spec section 2).
      const { rows, following } = await listEndUsers(context.database.sql, scope, page ?? { limit: isLimited ? MAX_LIMITED_LIST : MAX_LIST })
      return ok({ status: 200, body: isLimited ? rows.map(summaryOf) : await viewsOf(context, scope, rows), following })
    },
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
    handle: async (context, { scope, query, page = query }) => {
      const { rows, following } = await listPartitionUsers(context.database.sql, scope, { ...page, offset: query.offset })
      const byAccount = Map.groupBy(rows, (row) => row.account_id)
      const views = await Promise.all([...byAccount].map(([accountId, users]) => viewsOf(context, systemScope(scope.partitionId, accountId), users)))
      const byId = new Map(views.flat().map((view) => [view.id, view]))
      return ok({ status: 200, body: rows.map((row) => byId.get(row.id)), following })
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
    query: Type.Object({ idType: Type.Optional(oneOf(['ID', 'UserName'])) }),
    responses: { 200: EndUserView },
    handle: async (context, { scope, params, query }) => {
      const { sql } = context.database
      const row = await (query.idType === 'UserName' ? findEndUserByName(sql, scope, params.userId) : findEndUser(sql, scope, params.userId))
      return row === undefined ? err(entityNotFound('EndUser', params.userId)) : ok({ status: 200, body: (await viewsOf(context, scope, [row]))[0] })
    },
  }),
  accountOperation({
    method: 'PUT',
    path: ITEM,
    aliases: ITEM_ALIASES,
    tag: 'End User',
    summary: 'Replace a user; without language, time zone or voicemail box he keeps those he has',
    requires: own('EDIT'),
    params: UserPath,
    body: EndUserBody,
    responses: { 200: EndUserView },
    handle: async (context, { principal, scope, params, body }) => {
      const updated = await updateEndUser(context, principal, scope, params.userId, () => requestOf(body), { callingPlanProductId: body.newCppId })
      return updated.ok ? ok({ status: 200, body: (await viewsOf(context, scope, [updated.value]))[0] }) : updated
    },
  }),
  accountOperation({
    method: 'PATCH',
    path: ITEM,
    aliases: ITEM_ALIASES,
    tag: 'End User',
    summary: 'Change parts of a user (JSON Merge Patch)',
    requires: own('EDIT'),
    params: UserPath,
    body: freeObject(),
    responses: { 200: EndUserView },
    handle: async (context, { principal, scope, params, body }) => {
      const patch = (before: EndUserAttributes) => {
        const checked = patchedBody(EndUserBody, bodyOf(before), body, ['languageTag', 'timeZone'])
        if (!checked.ok) return checked
        const request = requestOf(checked.value)
        return request.ok && body['voicemailBoxId'] === null ? ok({ ...request.value, voicemailBoxId: null }) : request
      }
      const callingPlanProductId = typeof body['newCppId'] === 'string' ? body['newCppId'] : undefined
      const updated = await updateEndUser(context, principal, scope, params.userId, patch, { callingPlanProductId })
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

import { err, ok } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import type { Context } from '../context.ts'
import { type ApiFailure, entityNotFound, invalidField } from '../failures/index.ts'
import { accountOperation, checkSchema, freeObject, mergePatch, MAX_OFFSET, named, oneOf, type Operation, partitionOperation } from '../http/index.ts'
import { normalizeTimeZone } from '../time-zones/index.ts'
import { ACCOUNT_STATUSES, ACCOUNT_TYPES, type AccountAttributes, type AccountRequest, DIALING_BEHAVIORS, PLATFORM_TYPES, REGULATORY_TYPES } from './account.ts'
import { findAccount, listAccounts } from './account-queries.ts'
import { AccountView, accountView, accountViews } from './account-view.ts'
import { createAccount } from './create-account.ts'
import { deleteAccount } from './delete-account.ts'
import { searchAccounts } from './search-accounts.ts'
import { updateAccount } from './update-account.ts'

const fields = {
  accountNumber: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
  accountName: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
  accountType: Type.Optional(oneOf(ACCOUNT_TYPES)),
  platformType: Type.Optional(oneOf(PLATFORM_TYPES)),
  extensionLength: Type.Optional(Type.Integer({ minimum: 3, maximum: 6 })),
  billingCycleDay: Type.Optional(Type.Integer({ minimum: 1, maximum: 31 })),
  dialingBehaviorType: Type.Optional(oneOf(DIALING_BEHAVIORS)),
  regulatoryType: Type.Optional(oneOf(REGULATORY_TYPES)),
  timeZone: Type.Optional(Type.String({ maxLength: 64 })),
  customField: Type.Optional(Type.String({ maxLength: 1024 })),
  holdTimeoutSeconds: Type.Optional(Type.Integer({ minimum: 30, maximum: 600 })),
  allowDangerousExtensions: Type.Optional(Type.Boolean()),
  sendWelcomeEmail: Type.Optional(Type.Boolean()),
  languageTag: Type.Optional(oneOf(['en-US', 'fr-CA', 'es-MX'])),
}
/** `name` and `address` are the words of the other documentation set for the same fields (C-14). */
const AccountBody = named(
  'AccountRequest',
  Type.Object({ ...fields, status: Type.Optional(oneOf([...ACCOUNT_STATUSES, 'CANCELLED'])), name: fields.accountName, address: Type.Optional(freeObject()) }),
)
const AccountList = Type.Union([
  Type.Array(AccountView),
  Type.Object({ accounts: Type.Array(AccountView), totalRecords: Type.Integer(), limit: Type.Integer(), offset: Type.Integer() }),
])
const AccountMatch = named(
  'AccountMatch',
  Type.Object({
    partitionId: Type.String(),
    id: Type.String(),
    accountNumber: Type.String(),
    accountName: Type.String(),
    type: Type.String(),
    accountStatus: Type.String(),
    platformType: Type.String(),
    matches: Type.Record(Type.String(), Type.String()),
  }),
)

const COLLECTION = '/v2/partition/:partitionId/account'
const ITEM = `${COLLECTION}/:accountId`
const MAX_PAGE_SIZE = 1000

export const accountOperations: readonly Operation[] = [
  partitionOperation({
    method: 'POST',
    path: COLLECTION,
    tag: 'Account',
    summary: 'Create an account',
    requires: { permission: 'Account', level: 'CREATE' },
    body: AccountBody,
    responses: { 200: AccountView },
    handle: async (context, { principal, scope, body }) => {
      const request = requestOf(body)
      if (!request.ok) return request
      const created = await createAccount(context, principal, scope, request.value)
      return created.ok ? ok({ status: 200, body: await accountView(context, scope, created.value) }) : created
    },
  }),
  partitionOperation({
    method: 'GET',
    path: COLLECTION,
    tag: 'Account',
    summary: 'List the accounts of a partition',
    requires: { permission: 'Account', level: 'READ' },
    query: Type.Object({
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_PAGE_SIZE })),
      offset: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_OFFSET })),
      page: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_OFFSET })),
      envelope: Type.Optional(Type.Boolean()),
    }),
    responses: { 200: AccountList },
    handle: async (context, { scope, query }) => {
      // A bare array, unless the caller pages or asks for the envelope (C-11).
      const limit = query.limit ?? MAX_PAGE_SIZE
      const offset = query.offset ?? (query.page ?? 0) * limit
      const { accounts, totalRecords } = await listAccounts(context.database.sql, scope, { limit, offset })
      const enveloped = query.limit !== undefined || query.offset !== undefined || query.page !== undefined || query.envelope === true
      const views = await accountViews(context, scope, accounts)
      return ok({ status: 200, body: enveloped ? { accounts: views, totalRecords, limit, offset } : views })
    },
  }),
  partitionOperation({
    method: 'GET',
    path: `${COLLECTION}/search`,
    tag: 'Account',
    summary: 'Find accounts by number, name, telephone number, e-mail or MAC address',
    requires: { permission: 'Account', level: 'READ' },
    query: Type.Object({ q: Type.String({ minLength: 1, maxLength: 256 }) }),
    responses: { 200: Type.Array(AccountMatch) },
    handle: async (context, { scope, query }) => ok({ status: 200, body: await searchAccounts(context, scope, query.q) }),
  }),
  accountOperation({
    method: 'GET',
    path: ITEM,
    tag: 'Account',
    summary: 'Read an account',
    requires: { permission: 'Account', level: 'READ' },
    accountIdTypes: true,
    query: Type.Object({ accountIdType: Type.Optional(Type.String()) }),
    responses: { 200: AccountView },
    handle: async (context, { scope }) => {
      const found = await findAccount(context.database.sql, scope)
      return found === undefined ? err(entityNotFound('Account', scope.accountId)) : ok({ status: 200, body: await accountView(context, scope, found) })
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${ITEM}/status`,
    tag: 'Account',
    summary: 'Read the status of an account',
    requires: { permission: 'Account', level: 'READ' },
    responses: { 200: Type.String() },
    handle: async (context, { scope }) => {
      const found = await findAccount(context.database.sql, scope)
      return found === undefined ? err(entityNotFound('Account', scope.accountId)) : ok({ status: 200, body: found.row.status })
    },
  }),
  accountOperation({
    method: 'PUT',
    path: ITEM,
    tag: 'Account',
    summary: 'Replace an account',
    requires: { permission: 'Account', level: 'EDIT' },
    body: AccountBody,
    responses: { 200: AccountView },
    handle: async (context: Context, { principal, scope, body }) => {
      const updated = await updateAccount(context, principal, scope, () => requestOf(body))
      return updated.ok ? ok({ status: 200, body: await accountView(context, scope, updated.value) }) : updated
    },
  }),
  accountOperation({
    method: 'PATCH',
    path: ITEM,
    tag: 'Account',
    summary: 'Change parts of an account (JSON Merge Patch)',
    requires: { permission: 'Account', level: 'EDIT' },
    body: freeObject(),
    responses: { 200: AccountView },
    handle: async (context, { principal, scope, body }) => {
      const updated = await updateAccount(context, principal, scope, (before) => {
        const checked = checkSchema(AccountBody, mergePatch(bodyOf(before), body))
        return checked.ok ? requestOf(checked.value) : checked
      })
      return updated.ok ? ok({ status: 200, body: await accountView(context, scope, updated.value) }) : updated
    },
  }),
  accountOperation({
    method: 'DELETE',
    path: ITEM,
    tag: 'Account',
    summary: 'Delete an account that holds nothing any more',
    requires: { permission: 'Account', level: 'DELETE' },
    responses: { 200: undefined },
    handle: async (context, { principal, scope }) => {
      const deleted = await deleteAccount(context, principal, scope)
      return deleted.ok ? ok({ status: 200 }) : deleted
    },
  }),
]

/** From the words of this surface to those of the domain; nothing is decided here. */
function requestOf(body: Static<typeof AccountBody>): { ok: true; value: AccountRequest } | { ok: false; error: ApiFailure } {
  const { name, address, status, timeZone, ...request } = body
  const zone = timeZone === undefined ? undefined : normalizeTimeZone(timeZone)
  if (timeZone !== undefined && zone === undefined) return err(invalidField('timeZone', `"${timeZone}" is unknown`, 'one of GET /v2/ref/timezones'))
  return ok({
    ...request,
    accountName: request.accountName ?? name,
    serviceAddress: address,
    status: status === 'CANCELLED' ? 'DELETE_PENDING' : status,
    timeZone: zone,
  })
}

function bodyOf(account: AccountAttributes): Record<string, unknown> {
  const { serviceAddress, ...rest } = account
  const body = serviceAddress === undefined ? rest : { ...rest, address: serviceAddress }
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
}

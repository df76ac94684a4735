import { err, ok } from '@dialtone/foundation'
import Type from 'typebox'
import type { Context } from '../context.ts'
import { entityNotFound } from '../failures/index.ts'
import { accountOperation, freeObject, MAX_OFFSET, type Operation, partitionOperation, patchedBody } from '../http/index.ts'
import { AccountBody, accountBodyOf, accountRequestOf } from './account-body.ts'
import { countAccounts, findAccount, listAccounts } from './account-queries.ts'
import { rememberAccess } from './account-access.ts'
import { AccountView, accountView, accountViews } from './account-view.ts'
import { createAccount } from './create-account.ts'
import { deleteAccount } from './delete-account.ts'
import { updateAccount } from './update-account.ts'

const AccountList = Type.Union([
  Type.Array(AccountView),
  Type.Object({ accounts: Type.Array(AccountView), totalRecords: Type.Integer(), limit: Type.Integer(), offset: Type.Integer() }),
])
const COLLECTION = '/v2/partition/:partitionId/account'
const ITEM = `${COLLECTION}/:accountId`
const MAX_PAGE_SIZE = 1000
/** What a replace without them keeps: an account has each of them for life. */
const KEPT = ['accountNumber', 'accountName', 'name', 'accountType', 'extensionLength', 'products', 'status']

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
      const request = accountRequestOf(body)
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
    handle: async (context, { scope, query, page }) => {
      const { sql } = context.database
      // A bare array, unless the caller pages or asks for the envelope (C-11).
      const limit = query.limit ?? MAX_PAGE_SIZE
      const offset = query.offset ?? (query.page ?? 0) * limit
      const { accounts, following } = await listAccounts(sql, scope, page === undefined ? { limit, offset } : { ...page, offset: 0 })
      const enveloped = query.limit !== undefined || query.offset !== undefined || query.page !== undefined || query.envelope === true
      const views = await accountViews(context, scope, accounts)
      if (!enveloped || page !== undefined) return ok({ status: 200, body: views, following })
      return ok({ status: 200, body: { accounts: views, totalRecords: await countAccounts(sql, scope), limit, offset } })
    },
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
    handle: async (context, { principal, scope }) => {
      const found = await findAccount(context.database.sql, scope)
      if (found !== undefined) await rememberAccess(context, principal, scope)
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
      return found === undefined
        ? err(entityNotFound('Account', scope.accountId))
        : ok({ status: 200, body: JSON.stringify(found.row.status), contentType: 'application/json; charset=utf-8' })
    },
  }),
  accountOperation({
    method: 'PUT',
    path: ITEM,
    tag: 'Account',
    summary: 'Replace an account; without number, name, products or status it keeps those it has',
    requires: { permission: 'Account', level: 'EDIT' },
    body: AccountBody,
    responses: { 200: AccountView },
    handle: async (context: Context, { principal, scope, body }) => {
      const updated = await updateAccount(context, principal, scope, () => accountRequestOf(body))
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
        const checked = patchedBody(AccountBody, accountBodyOf(before), body, KEPT, { name: ['accountName'] })
        return checked.ok ? accountRequestOf(checked.value) : checked
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

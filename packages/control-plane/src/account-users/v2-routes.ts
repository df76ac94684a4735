import { err, ok } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import type { Context } from '../context.ts'
import { entityNotFound } from '../failures/index.ts'
import { accountOperation, freeObject, idAnswer, IdText, named, oneOf, type Operation, patchedBody } from '../http/index.ts'
import { refusedPassword } from '../passwords/index.ts'
import { rolesOfUsers } from '../roles/index.ts'
import { type AccountUserRow, findAccountUser, listAccountUsers, type ShownAccountUser } from './account-user-queries.ts'
import { type AccountUserAttributes, createAccountUser, deleteAccountUser, resetAccountUserPassword, updateAccountUser } from './change-account-users.ts'

const name = Type.String({ minLength: 1, maxLength: 256 })
const fields = {
  username: Type.String({ minLength: 3, maxLength: 256, pattern: '^[A-Za-z0-9@._+-]+$' }),
  firstName: name,
  lastName: name,
  languageTag: Type.Unsafe<'en-US' | 'fr-CA' | 'es-MX'>({ type: 'string', enum: ['en-US', 'fr-CA', 'es-MX'], default: 'en-US' }),
  subDomain: Type.Optional(Type.String({ minLength: 3, maxLength: 256 })),
  emailAddress: Type.Optional(Type.String({ maxLength: 256, format: 'email' })),
  roles: Type.Optional(Type.Array(Type.String({ maxLength: 256 }), { maxItems: 100, uniqueItems: true })),
}
const AccountUserBody = named(
  'AccountUserRequest',
  Type.Object({ ...fields, password: Type.Optional(Type.String({ minLength: 1, maxLength: 256, writeOnly: true })) }),
)
const AccountUserChange = named('AccountUserChange', Type.Object(fields))
const AccountUserView = named(
  'AccountUser',
  Type.Object({
    id: Type.String(),
    userId: Type.String(),
    partitionId: Type.String(),
    accountId: Type.String(),
    subDomain: Type.Optional(Type.String()),
    username: Type.String(),
    firstName: Type.String(),
    lastName: Type.String(),
    emailAddress: Type.Optional(Type.String()),
    mustChangePassword: Type.Boolean(),
    languageTag: Type.String(),
    roles: Type.Array(Type.String()),
  }),
)

const AccountUserSummary = named(
  'AccountUserSummary',
  Type.Object({ id: Type.String(), userId: Type.String(), username: Type.String(), firstName: Type.String(), lastName: Type.String() }),
)

const TAG = 'Account User'
const COLLECTION = '/v2/partition/:partitionId/account/:accountId/accountuser'
const ITEM = `${COLLECTION}/:userId`
const SHORT_LIST = 1000
const FULL_LIST = 10_000
const UserPath = Type.Object({ partitionId: Type.String(), accountId: Type.String(), userId: Type.String({ maxLength: 256 }) })
const own = (level: 'READ' | 'EDIT') => ({ permission: 'EU_User' as const, level, own: { permission: 'EU_User' as const, parameter: 'userId' } })

export const accountUserOperations: readonly Operation[] = [
  accountOperation({
    method: 'GET',
    path: COLLECTION,
    tag: TAG,
    summary: 'List the administrators of an account; limitedData=true lists more of them with fewer fields',
    requires: { permission: 'EU_User', level: 'READ' },
    query: Type.Object({ limitedData: Type.Boolean({ default: false }) }),
    responses: { 200: Type.Array(Type.Union([AccountUserView, AccountUserSummary])) },
    handle: async (context, { scope, query }) => {
      const rows = await listAccountUsers(context.database.sql, scope, query.limitedData ? FULL_LIST : SHORT_LIST)
      return ok({ status: 200, body: query.limitedData ? rows.map(limitedViewOf) : await viewsOf(context, rows) })
    },
  }),
  accountOperation({
    method: 'POST',
    path: COLLECTION,
    tag: TAG,
    summary: 'Create an administrator of the account and invite him by mail to choose a password',
    requires: { permission: 'EU_User', level: 'CREATE' },
    body: AccountUserBody,
    responses: { 200: AccountUserView },
    handle: async (context, { principal, scope, body }) => {
      const created = await createAccountUser(context, principal, scope, attributesOf(body))
      return created.ok ? ok({ status: 200, body: viewOf(created.value) }) : created
    },
  }),
  accountOperation({
    method: 'GET',
    path: ITEM,
    tag: TAG,
    summary: 'Read an administrator of the account, by id or user name',
    requires: own('READ'),
    params: UserPath,
    query: Type.Object({ idType: Type.Optional(oneOf(['Id', 'UserName'])) }),
    responses: { 200: AccountUserView },
    handle: async (context, { scope, params, query }) => {
      const row = await findAccountUser(context.database.sql, scope, params.userId, query.idType)
      return row === undefined ? err(entityNotFound('AccountUser', params.userId)) : ok({ status: 200, body: (await viewsOf(context, [row]))[0] })
    },
  }),
  accountOperation({
    method: 'PUT',
    path: ITEM,
    tag: TAG,
    summary: 'Replace an administrator of the account; without roles his roles stay',
    requires: { permission: 'EU_User', level: 'EDIT' },
    params: UserPath,
    body: AccountUserChange,
    responses: { 200: AccountUserView },
    handle: async (context, { principal, scope, params, body }) => {
      const refused = refusedPassword(body)
      if (refused !== undefined) return err(refused)
      const updated = await updateAccountUser(context, principal, scope, params.userId, () => ok(attributesOf(body)))
      return updated.ok ? ok({ status: 200, body: viewOf(updated.value) }) : updated
    },
  }),
  accountOperation({
    method: 'PATCH',
    path: ITEM,
    tag: TAG,
    summary: 'Change parts of an administrator of the account (JSON Merge Patch)',
    requires: { permission: 'EU_User', level: 'EDIT' },
    params: UserPath,
    body: freeObject(),
    responses: { 200: AccountUserView },
    handle: async (context, { principal, scope, params, body }) => {
      const refused = refusedPassword(body)
      if (refused !== undefined) return err(refused)
      const updated = await updateAccountUser(context, principal, scope, params.userId, ({ row }) => {
        const checked = patchedBody(AccountUserChange, bodyOf(row), body, ['roles'])
        return checked.ok ? ok(attributesOf(checked.value)) : checked
      })
      return updated.ok ? ok({ status: 200, body: viewOf(updated.value) }) : updated
    },
  }),
  accountOperation({
    method: 'DELETE',
    path: ITEM,
    tag: TAG,
    summary: 'Delete an administrator of the account and end his sessions',
    requires: { permission: 'EU_User', level: 'DELETE' },
    params: UserPath,
    responses: { 200: IdText },
    handle: async (context, { principal, scope, params }) => {
      const deleted = await deleteAccountUser(context, principal, scope, params.userId)
      return deleted.ok ? ok(idAnswer(params.userId)) : deleted
    },
  }),
  accountOperation({
    method: 'PUT',
    path: `${ITEM}/resetpassword`,
    tag: TAG,
    summary: 'Take the password away and mail a token for a new one',
    requires: { permission: 'EU_UserResetPassword', level: 'EDIT' },
    params: UserPath,
    responses: { 200: AccountUserView },
    handle: async (context, { principal, scope, params }) => {
      const reset = await resetAccountUserPassword(context, principal, scope, params.userId)
      return reset.ok ? ok({ status: 200, body: viewOf(reset.value) }) : reset
    },
  }),
]

function attributesOf(body: Static<typeof AccountUserBody>): AccountUserAttributes {
  const { subDomain, emailAddress, roles, password } = body
  return { ...body, subDomain, emailAddress, roles, groupIds: undefined, password }
}

function bodyOf(row: AccountUserRow): Record<string, unknown> {
  return {
    username: row.username,
    firstName: row.first_name,
    lastName: row.last_name,
    languageTag: row.language_tag,
    ...(row.sub_domain === null ? {} : { subDomain: row.sub_domain }),
    ...(row.email_address === null ? {} : { emailAddress: row.email_address }),
  }
}

async function viewsOf(context: Context, rows: readonly AccountUserRow[]): Promise<Static<typeof AccountUserView>[]> {
  const roles = await rolesOfUsers(
    context.database.sql,
    'AccountUser',
    rows.map((row) => row.id),
  )
  return rows.map((row) => viewOf({ row, roles: roles.get(row.id) ?? [] }))
}

function limitedViewOf(row: AccountUserRow): Static<typeof AccountUserSummary> {
  return { id: row.id, userId: row.id, username: row.username, firstName: row.first_name, lastName: row.last_name }
}

function viewOf({ row, roles }: ShownAccountUser): Static<typeof AccountUserView> {
  return {
    ...(bodyOf(row) as Pick<Static<typeof AccountUserView>, 'username' | 'firstName' | 'lastName' | 'languageTag'>),
    id: row.id,
    userId: row.id,
    partitionId: row.partition_id,
    accountId: row.account_id,
    mustChangePassword: row.must_change_password,
    roles: roles.map((role) => role.name),
  }
}

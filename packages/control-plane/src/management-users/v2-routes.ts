import { err, ok } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { entityNotFound, inConflict } from '../failures/index.ts'
import { freeObject, idAnswer, IdText, MAX_OFFSET, named, oneOf, type Operation, partitionOperation, patchedBody } from '../http/index.ts'
import { refusedPassword } from '../passwords/index.ts'
import { rolesOfUsers } from '../roles/index.ts'
import { createManagementUser, deleteManagementUser, resetManagementUserPassword, updateManagementUser } from './change-management-users.ts'
import { exportRoles, importRoles } from './import-roles.ts'
import type { ManagementUserAttributes } from './management-user.ts'
import type { ShownUser } from './management-user-events.ts'
import { findManagementUser, isLoginNameTaken, listManagementUsers, type ManagementUserRow, searchManagementUsers } from './management-user-queries.ts'
import type { Context } from '../context.ts'

const roleNames = Type.Optional(Type.Array(Type.String({ maxLength: 256 }), { maxItems: 100, uniqueItems: true }))
const fields = {
  username: Type.String({ minLength: 3, maxLength: 256, format: 'email' }),
  firstName: Type.String({ minLength: 1, maxLength: 256 }),
  lastName: Type.String({ minLength: 1, maxLength: 256 }),
  languageTag: Type.Unsafe<'en-US' | 'fr-CA'>({ type: 'string', enum: ['en-US', 'fr-CA'], default: 'en-US' }),
  roles: roleNames,
  groupIds: roleNames,
}
const ManagementUserBody = named(
  'ManagementUserRequest',
  Type.Object({ ...fields, password: Type.Optional(Type.String({ minLength: 1, maxLength: 256, writeOnly: true })) }),
)
const ManagementUserChange = named('ManagementUserChange', Type.Object(fields))
const ManagementUserView = named(
  'ManagementUser',
  Type.Object({
    id: Type.String(),
    username: Type.String(),
    firstName: Type.String(),
    lastName: Type.String(),
    emailAddress: Type.Optional(Type.String()),
    mustChangePassword: Type.Boolean(),
    languageTag: Type.String(),
    partitionId: Type.String(),
    roles: Type.Array(Type.String()),
    groupIds: Type.Array(Type.String()),
  }),
)
const Search = named('ManagementUserSearchResponse', Type.Object({ totalRecords: Type.Integer(), results: Type.Array(ManagementUserView) }))
const SsoUser = named('SsoUser', Type.Object({ ssoStatus: Type.String() }))
const LineProblem = Type.Object({ lineNumber: Type.Integer(), error: Type.String(), column: Type.String(), input: Type.String() })

const TAG = 'Management User'
const COLLECTION = '/v2/partition/:partitionId/managementuser'
const ITEM = `${COLLECTION}/:id`
const MAX_LIST = 1000
const UserPath = Type.Object({ partitionId: Type.String(), id: Type.String({ maxLength: 64 }) })
const requires = (level: 'READ' | 'EDIT' | 'CREATE' | 'DELETE') => ({ permission: 'ProductUsers' as const, level })

export const managementUserOperations: readonly Operation[] = [
  partitionOperation({
    method: 'GET',
    path: COLLECTION,
    tag: TAG,
    summary: 'List the operators of a partition',
    requires: requires('READ'),
    responses: { 200: Type.Array(ManagementUserView) },
    handle: async (context, { scope }) => ok({ status: 200, body: await viewsOf(context, await listManagementUsers(context.database.sql, scope, MAX_LIST)) }),
  }),
  partitionOperation({
    method: 'POST',
    path: COLLECTION,
    tag: TAG,
    summary: 'Create an operator and invite him by mail to choose a password',
    requires: requires('CREATE'),
    body: ManagementUserBody,
    responses: { 200: ManagementUserView },
    handle: async (context, { principal, scope, body }) => {
      const created = await createManagementUser(context, principal, scope, attributesOf(body))
      return created.ok ? ok({ status: 200, body: viewOf(created.value) }) : created
    },
  }),
  partitionOperation({
    method: 'GET',
    path: `${COLLECTION}/search`,
    tag: TAG,
    summary: 'Find operators by part of their name or user name',
    requires: requires('READ'),
    query: Type.Object({
      searchString: Type.String({ maxLength: 256 }),
      sortColumn: oneOf(['firstName', 'lastName', 'username']),
      descending: Type.Boolean({ default: false }),
      firstResultIndex: Type.Integer({ minimum: 0, maximum: MAX_OFFSET, default: 0 }),
      maxResult: Type.Integer({ minimum: 1, maximum: MAX_LIST, default: 50 }),
    }),
    responses: { 200: Search },
    handle: async (context, { scope, query }) => {
      const { rows, totalRecords } = await searchManagementUsers(context.database.sql, scope, {
        ...query,
        offset: query.firstResultIndex,
        limit: query.maxResult,
      })
      return ok({ status: 200, body: { totalRecords, results: await viewsOf(context, rows) } })
    },
  }),
  partitionOperation({
    method: 'GET',
    path: `${COLLECTION}/usergroups`,
    tag: TAG,
    summary: 'The roles of every operator as CSV',
    requires: requires('READ'),
    responses: { 200: Type.String() },
    handle: async (context, { scope }) => ok({ status: 200, body: await exportRoles(context, scope), contentType: 'text/csv' }),
  }),
  partitionOperation({
    method: 'POST',
    path: `${COLLECTION}/usergroups`,
    tag: TAG,
    summary: 'Give operators the roles of a CSV file: all of them, or none when a line is wrong',
    requires: requires('EDIT'),
    takesForm: true,
    body: Type.Object({ file: Type.String({ maxLength: 16_777_216 }) }),
    responses: { 200: Type.Array(Type.String()), 400: Type.Array(LineProblem) },
    handle: async (context, { principal, scope, body }) => {
      const imported = await importRoles(context, principal, scope, body.file)
      if (!imported.ok) return imported
      return 'problems' in imported.value ? ok({ status: 400, body: imported.value.problems }) : ok({ status: 200, body: imported.value.usernames })
    },
  }),
  partitionOperation({
    method: 'GET',
    path: `${COLLECTION}/validateproperties`,
    tag: TAG,
    summary: 'Whether a user name is free on the whole platform',
    requires: requires('READ'),
    query: Type.Object({ email: Type.String({ maxLength: 256, format: 'email' }) }),
    responses: { 200: Type.Boolean() },
    handle: async (context, { query }) =>
      (await isLoginNameTaken(context.database.sql, query.email))
        ? err(inConflict('DuplicateUsername', 'This user name is taken on the platform.'))
        : ok({ status: 200, body: true }),
  }),
  partitionOperation({
    method: 'GET',
    path: ITEM,
    tag: TAG,
    summary: 'Read an operator',
    requires: requires('READ'),
    params: UserPath,
    responses: { 200: ManagementUserView },
    handle: async (context, { scope, params }) => {
      const row = await findManagementUser(context.database.sql, scope, params.id)
      return row === undefined ? err(entityNotFound('ManagementUser', params.id)) : ok({ status: 200, body: (await viewsOf(context, [row]))[0] })
    },
  }),
  partitionOperation({
    method: 'PUT',
    path: ITEM,
    tag: TAG,
    summary: 'Replace an operator; without roles and groupIds his roles stay',
    requires: requires('EDIT'),
    params: UserPath,
    body: ManagementUserChange,
    responses: { 200: ManagementUserView },
    handle: async (context, { principal, scope, params, body }) => {
      const refused = refusedPassword(body)
      if (refused !== undefined) return err(refused)
      const updated = await updateManagementUser(context, principal, scope, params.id, () => ok(attributesOf(body)))
      return updated.ok ? ok({ status: 200, body: viewOf(updated.value) }) : updated
    },
  }),
  partitionOperation({
    method: 'PATCH',
    path: ITEM,
    tag: TAG,
    summary: 'Change parts of an operator (JSON Merge Patch)',
    requires: requires('EDIT'),
    params: UserPath,
    body: freeObject(),
    responses: { 200: ManagementUserView },
    handle: async (context, { principal, scope, params, body }) => {
      const refused = refusedPassword(body)
      if (refused !== undefined) return err(refused)
      const updated = await updateManagementUser(context, principal, scope, params.id, ({ row }) => {
        const before = { username: row.username, firstName: row.first_name, lastName: row.last_name, languageTag: row.language_tag }
        const checked = patchedBody(ManagementUserChange, before, body, ['roles', 'groupIds'])
        return checked.ok ? ok(attributesOf(checked.value)) : checked
      })
      return updated.ok ? ok({ status: 200, body: viewOf(updated.value) }) : updated
    },
  }),
  partitionOperation({
    method: 'DELETE',
    path: ITEM,
    tag: TAG,
    summary: 'Delete an operator and end his sessions',
    requires: requires('DELETE'),
    params: UserPath,
    responses: { 200: IdText },
    handle: async (context, { principal, scope, params }) => {
      const deleted = await deleteManagementUser(context, principal, scope, params.id)
      return deleted.ok ? ok(idAnswer(params.id)) : deleted
    },
  }),
  partitionOperation({
    method: 'PUT',
    path: `${ITEM}/resetpassword`,
    tag: TAG,
    summary: 'Take the password away and mail a token for a new one',
    requires: requires('EDIT'),
    params: UserPath,
    responses: { 200: ManagementUserView },
    handle: async (context, { principal, scope, params }) => {
      const reset = await resetManagementUserPassword(context, principal, scope, params.id)
      return reset.ok ? ok({ status: 200, body: viewOf(reset.value) }) : reset
    },
  }),
  partitionOperation({
    method: 'GET',
    path: `${ITEM}/sso`,
    tag: TAG,
    summary: 'Single sign-on status: users of this platform log in with their password',
    requires: requires('READ'),
    params: UserPath,
    responses: { 200: SsoUser },
    handle: async (context, { scope, params }) => {
      const row = await findManagementUser(context.database.sql, scope, params.id)
      return row === undefined ? err(entityNotFound('ManagementUser', params.id)) : ok({ status: 200, body: { ssoStatus: 'INACTIVE' } })
    },
  }),
]

function attributesOf(body: Static<typeof ManagementUserBody>): ManagementUserAttributes {
  return { ...body, roles: body.roles, groupIds: body.groupIds, password: body.password }
}

async function viewsOf(context: Context, rows: readonly ManagementUserRow[]): Promise<Static<typeof ManagementUserView>[]> {
  const roles = await rolesOfUsers(
    context.database.sql,
    'ManagementUser',
    rows.map((row) => row.id),
  )
  return rows.map((row) => viewOf({ row, roles: roles.get(row.id) ?? [] }))
}

function viewOf({ row, roles }: ShownUser): Static<typeof ManagementUserView> {
  return {
    id: row.id,
    username: row.username,
    firstName: row.first_name,
    lastName: row.last_name,
    ...(row.username.includes('@') ? { emailAddress: row.username } : {}),
    mustChangePassword: row.must_change_password,
    languageTag: row.language_tag,
    partitionId: row.partition_id,
    roles: roles.map((role) => role.name),
    groupIds: roles.map((role) => role.id),
  }
}

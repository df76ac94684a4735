import { err, ok } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { ACCESS_LEVELS } from '../access/index.ts'
import { entityNotFound } from '../failures/index.ts'
import { freeObject, named, oneOf, type Operation, partitionOperation, patchedBody } from '../http/index.ts'
import { PERMISSION_USER_TYPES, PUBLISHED_PERMISSION_TYPES } from '../reference-data/index.ts'
import { createRole, deleteRole, updateRole } from './change-roles.ts'
import { countUsers, findRole, listRoles, type RoleRow } from './role-queries.ts'

const LEVELS = [...ACCESS_LEVELS, 'DENIED'] as const
const SecurityPermission = named('SecurityPermission', Type.Object({ type: oneOf(PUBLISHED_PERMISSION_TYPES), accessType: oneOf(LEVELS) }))
const SecurityRoleBody = named(
  'SecurityRoleRequest',
  Type.Object({
    name: Type.String({ minLength: 1, maxLength: 256 }),
    userType: Type.Unsafe<(typeof PERMISSION_USER_TYPES)[number]>({ type: 'string', enum: [...PERMISSION_USER_TYPES], default: 'ManagementUser' }),
    permissions: Type.Array(SecurityPermission, { maxItems: 200, default: [] }),
  }),
)
const SecurityRoleView = named(
  'SecurityRole',
  Type.Object({
    id: Type.String(),
    partitionId: Type.String(),
    name: Type.String(),
    userType: oneOf(PERMISSION_USER_TYPES),
    userCount: Type.Integer(),
    permissions: Type.Array(SecurityPermission),
  }),
)

const TAG = 'Security Groups'
const COLLECTION = '/v2/partition/:partitionId/security'
const ITEM = `${COLLECTION}/:securityId`
const MAX_LIST = 1000
const RolePath = Type.Object({ partitionId: Type.String(), securityId: Type.String({ maxLength: 64 }) })

export const roleOperations: readonly Operation[] = [
  partitionOperation({
    method: 'GET',
    path: COLLECTION,
    tag: TAG,
    summary: 'List the roles of a partition',
    requires: { permission: 'ProductGroups', level: 'READ' },
    responses: { 200: Type.Array(SecurityRoleView) },
    handle: async (context, { scope }) => {
      const rows = await listRoles(context.database.sql, scope, MAX_LIST)
      const counts = await countUsers(
        context.database.sql,
        rows.map((row) => row.id),
      )
      return ok({ status: 200, body: rows.map((row) => viewOf(row, counts)) })
    },
  }),
  partitionOperation({
    method: 'POST',
    path: COLLECTION,
    tag: TAG,
    summary: 'Create a role: permissions that users can be given together',
    requires: { permission: 'ProductGroups', level: 'CREATE' },
    body: SecurityRoleBody,
    responses: { 200: SecurityRoleView },
    handle: async (context, { principal, scope, body }) => {
      const created = await createRole(context, principal, scope, body)
      return created.ok ? ok({ status: 200, body: viewOf(created.value, new Map()) }) : created
    },
  }),
  partitionOperation({
    method: 'GET',
    path: ITEM,
    tag: TAG,
    summary: 'Read a role',
    requires: { permission: 'ProductGroups', level: 'READ' },
    params: RolePath,
    responses: { 200: SecurityRoleView },
    handle: async (context, { scope, params }) => {
      const row = await findRole(context.database.sql, scope, params.securityId)
      if (row === undefined) return err(entityNotFound('SecurityRole', params.securityId))
      return ok({ status: 200, body: viewOf(row, await countUsers(context.database.sql, [row.id])) })
    },
  }),
  partitionOperation({
    method: 'PUT',
    path: ITEM,
    tag: TAG,
    summary: 'Replace a role',
    requires: { permission: 'ProductGroups', level: 'EDIT' },
    params: RolePath,
    body: SecurityRoleBody,
    responses: { 200: SecurityRoleView },
    handle: async (context, { principal, scope, params, body }) => {
      const updated = await updateRole(context, principal, scope, params.securityId, () => ok(body))
      return updated.ok ? ok({ status: 200, body: viewOf(updated.value, await countUsers(context.database.sql, [updated.value.id])) }) : updated
    },
  }),
  partitionOperation({
    method: 'PATCH',
    path: ITEM,
    tag: TAG,
    summary: 'Change parts of a role (JSON Merge Patch); the list of permissions is replaced as a whole',
    requires: { permission: 'ProductGroups', level: 'EDIT' },
    params: RolePath,
    body: freeObject(),
    responses: { 200: SecurityRoleView },
    handle: async (context, { principal, scope, params, body }) => {
      const updated = await updateRole(context, principal, scope, params.securityId, (before) =>
        patchedBody(SecurityRoleBody, bodyOf(before), body, ['userType']),
      )
      return updated.ok ? ok({ status: 200, body: viewOf(updated.value, await countUsers(context.database.sql, [updated.value.id])) }) : updated
    },
  }),
  partitionOperation({
    method: 'DELETE',
    path: ITEM,
    tag: TAG,
    summary: 'Delete a role that nobody has',
    requires: { permission: 'ProductGroups', level: 'DELETE' },
    params: RolePath,
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params }) => {
      const deleted = await deleteRole(context, principal, scope, params.securityId)
      return deleted.ok ? ok({ status: 204 }) : deleted
    },
  }),
]

function bodyOf(row: RoleRow) {
  return { name: row.name, userType: row.user_type, permissions: permissionList(row) }
}

function permissionList(row: RoleRow) {
  return Object.entries(row.permissions).map(([type, accessType]) => ({ type, accessType }))
}

function viewOf(row: RoleRow, counts: ReadonlyMap<string, number>): Static<typeof SecurityRoleView> {
  return {
    id: row.id,
    partitionId: row.partition_id,
    name: row.name,
    userType: row.user_type as Static<typeof SecurityRoleView>['userType'],
    userCount: counts.get(row.id) ?? 0,
    permissions: permissionList(row) as Static<typeof SecurityRoleView>['permissions'],
  }
}

import { err, ok, type Result } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { type AccountScope, enterAccount, enterPartition, type Principal } from '../access/index.ts'
import { configuredObject, type ConfiguredObject, createObject, deleteObject, findObject, listObjects, updateObject } from '../account-objects/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, entityNotFound, invalidField, unauthorized } from '../failures/index.ts'
import { named, openOperation, type Operation } from '../http/index.ts'
import { USER_GROUP, type UserGroup } from './user-group.ts'

const id = Type.String({ minLength: 1, maxLength: 64 })
const UserGroupRequest = named(
  'UserGroupRequest',
  Type.Object({
    // Where it is stands in the query.
    partitionId: Type.Optional(Type.String()),
    accountId: Type.Optional(Type.String()),
    groupId: Type.Optional(Type.String()),
    groupName: Type.String({ minLength: 1, maxLength: 256 }),
    groupDescription: Type.String({ maxLength: 1024, default: '' }),
    userIds: Type.Array(Type.Object({ userId: id, endUserType: Type.Optional(Type.String({ maxLength: 32 })) }), { maxItems: 1000, default: [] }),
  }),
)
const groupFields = {
  partitionId: Type.String(),
  accountId: Type.String(),
  groupId: Type.String(),
  groupName: Type.String(),
  groupDescription: Type.String(),
  userIds: Type.Array(Type.Object({ userId: Type.String(), endUserType: Type.String() })),
}
const UserGroupResponse = named('UserGroupResponse', Type.Object(groupFields))
/** The group asked for, or the first one, and all that were found. */
const FoundUserGroups = named('FoundUserGroups', Type.Object({ ...groupFields, groups: Type.Array(UserGroupResponse) }))

const TAG = 'User Groups'
const PATH = '/v2/user-groups/settings'
const place = { partitionId: id, accountId: id }
const MAX_LIST = 1000

/** The tenant stands in the query here, not in the path: each operation enters it itself, before anything else. */
export const userGroupOperations: readonly Operation[] = [
  openOperation({
    method: 'GET',
    path: PATH,
    tag: TAG,
    summary: 'The group of an account by its id or by a user in it, or all of them; 204 when there is none',
    requires: { permission: 'EU_User', level: 'READ' },
    query: Type.Object({ ...place, groupId: Type.Optional(id), userId: Type.Optional(id) }),
    responses: { 200: FoundUserGroups, 204: undefined },
    handle: async (context, { principal, query }) => {
      const scope = await enter(context, principal, query)
      if (!scope.ok) return scope
      const { groupId, userId } = query
      if (groupId !== undefined && (await findObject(context.database.sql, scope.value, { type: 'USER_GROUP', id: groupId })) === undefined)
        return err(entityNotFound('UserGroup', groupId))
      const rows = await listObjects(context.database.sql, scope.value, 'USER_GROUP', MAX_LIST)
      const found = rows
        .map((row) => configuredObject<UserGroup>(row))
        .filter((group) => (groupId === undefined || group.id === groupId) && (userId === undefined || group.attributes.userIds.includes(userId)))
      const views = await viewsOf(context, scope.value, found)
      const [first] = views
      return ok(first === undefined ? { status: 204 } : { status: 200, body: { ...first, groups: views } })
    },
  }),
  openOperation({
    method: 'POST',
    path: PATH,
    tag: TAG,
    summary: 'Create a group of users of an account',
    requires: { permission: 'EU_User', level: 'CREATE' },
    query: Type.Object(place),
    body: UserGroupRequest,
    responses: { 200: UserGroupResponse },
    handle: async (context, { principal, query, body }) => {
      const scope = await enter(context, principal, query)
      if (!scope.ok || principal === undefined) return scope.ok ? err(unauthorized()) : scope
      const group = groupOf(body)
      if (!group.ok) return group
      const created = await createObject(context, principal, scope.value, USER_GROUP, group.value)
      return created.ok ? ok({ status: 200, body: (await viewsOf(context, scope.value, [created.value]))[0] }) : created
    },
  }),
  openOperation({
    method: 'PUT',
    path: PATH,
    tag: TAG,
    summary: 'Replace a group of users',
    requires: { permission: 'EU_User', level: 'EDIT' },
    query: Type.Object({ ...place, groupId: id }),
    body: UserGroupRequest,
    responses: { 200: undefined },
    handle: async (context, { principal, query, body }) => {
      const scope = await enter(context, principal, query)
      if (!scope.ok || principal === undefined) return scope.ok ? err(unauthorized()) : scope
      const updated = await updateObject(context, principal, scope.value, USER_GROUP, query.groupId, () => groupOf(body))
      return updated.ok ? ok({ status: 200 }) : updated
    },
  }),
  openOperation({
    method: 'DELETE',
    path: PATH,
    tag: TAG,
    summary: 'Delete a group; its users stay',
    requires: { permission: 'EU_User', level: 'DELETE' },
    query: Type.Object({ ...place, groupId: id }),
    responses: { 200: undefined },
    handle: async (context, { principal, query }) => {
      const scope = await enter(context, principal, query)
      if (!scope.ok || principal === undefined) return scope.ok ? err(unauthorized()) : scope
      const deleted = await deleteObject(context, principal, scope.value, USER_GROUP, query.groupId)
      return deleted.ok ? ok({ status: 200 }) : deleted
    },
  }),
]

async function enter(
  context: Context,
  principal: Principal | undefined,
  query: { readonly partitionId: string; readonly accountId: string },
): Promise<Result<AccountScope, ApiFailure>> {
  if (principal === undefined) return err(unauthorized())
  const partition = enterPartition(principal, query.partitionId)
  return partition.ok ? enterAccount(context.database.sql, principal, partition.value, query.accountId) : partition
}

function groupOf(body: Static<typeof UserGroupRequest>): Result<UserGroup, ApiFailure> {
  const userIds = body.userIds.map((user) => user.userId)
  if (new Set(userIds).size !== userIds.length) return err(invalidField('userIds', 'names a user twice', 'every user once'))
  return ok({ groupName: body.groupName, groupDescription: body.groupDescription, userIds })
}

async function viewsOf(context: Context, scope: AccountScope, groups: readonly ConfiguredObject<UserGroup>[]): Promise<Static<typeof UserGroupResponse>[]> {
  const members = groups.flatMap((group) => group.attributes.userIds)
  const users = await context.database.sql
    .selectFrom('end_user')
    .select(['id', 'end_user_type'])
    .where('account_id', '=', scope.accountId)
    .where('id', 'in', [...new Set(members), ''])
    .execute()
  const types = new Map(users.map((user) => [user.id, user.end_user_type]))
  return groups.map((group) => ({
    partitionId: scope.partitionId,
    accountId: scope.accountId,
    groupId: group.id,
    groupName: group.attributes.groupName,
    groupDescription: group.attributes.groupDescription,
    userIds: group.attributes.userIds.map((userId) => ({ userId, endUserType: types.get(userId) ?? 'STANDARD' })),
  }))
}

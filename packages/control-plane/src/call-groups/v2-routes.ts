import { ok } from '@dialtone/foundation'
import Type from 'typebox'
import { type ConfigurationObject, configurationObject, configuredObject, listObjects } from '../account-objects/index.ts'
import { accountOperation, named, oneOf, type Operation } from '../http/index.ts'
import { CALL_GROUP_SUB_TYPES, CALL_GROUP_TYPES, type CallGroup, callGroupOf, idsOfGroupsWith, membersOf } from './call-group.ts'

const MAX_MEMBERS = 500
const MAX_LIST = 1000

const CallGroupBody = named(
  'CallGroupRequest',
  Type.Object({
    name: Type.String({ minLength: 1, maxLength: 256 }),
    type: oneOf(CALL_GROUP_TYPES),
    subType: Type.Optional(oneOf(CALL_GROUP_SUB_TYPES)),
    // A group of nobody says so: the public interface fails on null, and here it is refused (public-spec section 11).
    memberIds: Type.Array(Type.String({ maxLength: 64 }), { maxItems: MAX_MEMBERS }),
  }),
)
const CallGroupView = named(
  'CallGroup',
  Type.Object({
    id: Type.String(),
    partitionId: Type.String(),
    accountId: Type.String(),
    name: Type.String(),
    type: Type.String(),
    subType: Type.String(),
    memberIds: Type.Array(Type.String()),
  }),
)

export const callGroups = {
  type: 'CALL_GROUP',
  idForm: 'short',
  historyType: 'CALL_GROUP',
  eventName: 'call-group',
  nameOf: (group) => group.name,
  references: membersOf,
  keys: (group) => ({ 'name:CALL_GROUP': group.name.toLowerCase() }),
  path: 'group',
  parameter: 'callGroupId',
  tag: 'Call Group',
  noun: 'a call group',
  permission: 'EU_Account',
  createStatus: 201,
  deleteStatus: 204,
  body: CallGroupBody,
  view: CallGroupView,
  read: (body) => callGroupOf({ name: body.name, type: body.type, subType: body.subType, memberIds: body.memberIds }),
  viewOf: ({ id, partitionId, accountId, attributes }) => ({ id, partitionId, accountId, ...attributes }),
} as const satisfies ConfigurationObject<typeof CallGroupBody, CallGroup>

const listByMember = accountOperation({
  method: 'GET',
  path: '/v2/partition/:partitionId/account/:accountId/group',
  tag: 'Call Group',
  summary: 'List the call groups of the account, or those with a member',
  requires: { permission: 'EU_Account', level: 'READ' },
  query: Type.Object({ memberId: Type.Optional(Type.String({ maxLength: 64 })), memberType: Type.Optional(oneOf(CALL_GROUP_TYPES)) }),
  responses: { 200: Type.Array(CallGroupView) },
  handle: async (context, { scope, query }) => {
    const { sql } = context.database
    const rows = await listObjects(sql, scope, 'CALL_GROUP', MAX_LIST)
    const ids = query.memberId === undefined ? undefined : await idsOfGroupsWith(sql, scope, query.memberId)
    const groups = rows.map((row) => configuredObject<CallGroup>(row))
    const wanted = groups.filter((group) => (ids?.has(group.id) ?? true) && (query.memberType === undefined || group.attributes.type === query.memberType))
    return ok({ status: 200, body: wanted.map(callGroups.viewOf) })
  },
})

export const callGroupOperations: readonly Operation[] = [...configurationObject(callGroups, { except: ['list'] }), listByMember]

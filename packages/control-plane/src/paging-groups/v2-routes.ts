import { ok } from '@dialtone/foundation'
import Type from 'typebox'
import { type ConfigurationObject, configurationObject, fittingExtension } from '../account-objects/index.ts'
import { named, oneOf, type Operation } from '../http/index.ts'

export const PAGING_GROUP_TYPES = ['STANDARD', 'PRIORITY', 'EMERGENCY'] as const

/** An extension that speaks to all phones of its call groups at once; EMERGENCY also to those in a call. */
export interface PagingGroup {
  readonly name: string
  readonly type: (typeof PAGING_GROUP_TYPES)[number]
  readonly extension: string
  readonly groupIds: readonly string[]
}

const MAX_GROUPS = 50

const PagingGroupBody = named(
  'PagingGroupRequest',
  Type.Object({
    name: Type.String({ minLength: 1, maxLength: 256 }),
    type: oneOf(PAGING_GROUP_TYPES),
    extension: Type.String({ maxLength: 8 }),
    groupIds: Type.Array(Type.String({ maxLength: 64 }), { maxItems: MAX_GROUPS, uniqueItems: true, default: [] }),
  }),
)
const PagingGroupView = named(
  'PagingGroup',
  Type.Object({
    id: Type.String(),
    partitionId: Type.String(),
    accountId: Type.String(),
    name: Type.String(),
    type: Type.String(),
    extension: Type.String(),
    groupIds: Type.Array(Type.String()),
  }),
)

const pagingGroups: ConfigurationObject<typeof PagingGroupBody, PagingGroup> = {
  type: 'PAGING_GROUP',
  idForm: 'short',
  historyType: 'PAGING_GROUP',
  eventName: 'paging-group',
  nameOf: (group) => group.name,
  references: (group) => group.groupIds.map((id) => ({ role: 'group', type: 'CALL_GROUP', id })),
  keys: (group) => ({ 'name:PAGING_GROUP': group.name.toLowerCase(), extension: group.extension }),
  check: (change, scope, group) => fittingExtension(change, scope, group.extension),
  path: 'grouppaging',
  parameter: 'pagingGroupId',
  tag: 'Paging Group',
  noun: 'a paging group',
  permission: 'EU_Account',
  createStatus: 200,
  deleteStatus: 204,
  body: PagingGroupBody,
  view: PagingGroupView,
  read: ({ name, type, extension, groupIds }) => ok({ name, type, extension, groupIds }),
  viewOf: ({ id, partitionId, accountId, attributes }) => ({ id, partitionId, accountId, ...attributes }),
}

export const pagingGroupOperations: readonly Operation[] = configurationObject(pagingGroups)

import { ok } from '@dialtone/foundation'
import Type from 'typebox'
import { type ConfigurationObject, configurationObject } from '../account-objects/index.ts'
import { named, type Operation } from '../http/index.ts'

/** Whoever is in one of its call groups may answer what rings at another one. */
export interface PickupGroup {
  readonly name: string
  readonly groupIds: readonly string[]
}

const MAX_GROUPS = 50

const PickupGroupBody = named(
  'PickupGroupRequest',
  Type.Object({
    name: Type.String({ minLength: 1, maxLength: 256 }),
    groupIds: Type.Array(Type.String({ maxLength: 64 }), { maxItems: MAX_GROUPS, uniqueItems: true, default: [] }),
  }),
)
const PickupGroupView = named(
  'PickupGroup',
  Type.Object({ id: Type.String(), partitionId: Type.String(), accountId: Type.String(), name: Type.String(), groupIds: Type.Array(Type.String()) }),
)

const pickupGroups: ConfigurationObject<typeof PickupGroupBody, PickupGroup> = {
  type: 'PICKUP_GROUP',
  idForm: 'short',
  historyType: 'PICKUP_GROUP',
  eventName: 'pickup-group',
  nameOf: (group) => group.name,
  references: (group) => group.groupIds.map((id) => ({ role: 'group', type: 'CALL_GROUP', id })),
  keys: (group) => ({ 'name:PICKUP_GROUP': group.name.toLowerCase() }),
  path: 'grouppickup',
  parameter: 'pickupGroupId',
  tag: 'Pickup Group',
  noun: 'a pickup group',
  permission: 'EU_Account',
  createStatus: 200,
  deleteStatus: 204,
  body: PickupGroupBody,
  view: PickupGroupView,
  read: ({ name, groupIds }) => ok({ name, groupIds }),
  viewOf: ({ id, partitionId, accountId, attributes }) => ({ id, partitionId, accountId, ...attributes }),
}

export const pickupGroupOperations: readonly Operation[] = configurationObject(pickupGroups)

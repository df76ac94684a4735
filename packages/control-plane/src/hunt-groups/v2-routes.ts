import Type from 'typebox'
import { type ConfigurationObject, configurationObject, fittingExtension } from '../account-objects/index.ts'
import { givenMember, memberProperties, membersBody, overflowFailure, RING_STRATEGIES, ringingGroupProperties } from '../call-destinations/index.ts'
import { named, oneOf, type Operation } from '../http/index.ts'
import { type HuntGroup, huntGroupOf, huntGroupReferences } from './hunt-group.ts'

const MAX_MEMBERS = 100
const Seconds = Type.Integer({ minimum: 5, maximum: 600 })
const shape = { ...ringingGroupProperties, voicemailBoxId: Type.Optional(Type.String({ maxLength: 64 })) }
const HuntGroupBody = named(
  'GeneralHuntGroupRequest',
  Type.Object({
    ...shape,
    strategy: Type.Optional(oneOf(RING_STRATEGIES)),
    members: membersBody({ priority: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })), ringTimeout: Type.Optional(Seconds) }, MAX_MEMBERS),
    ringTimeout: Type.Optional(Seconds),
    voicemailEnabled: Type.Optional(Type.Boolean()),
  }),
)
const HuntGroupView = named(
  'GeneralHuntGroup',
  Type.Object({
    id: Type.String(),
    partitionId: Type.String(),
    accountId: Type.String(),
    ...shape,
    strategy: oneOf(RING_STRATEGIES),
    members: Type.Array(Type.Object({ ...memberProperties, priority: Type.Integer(), ringTimeout: Type.Optional(Type.Integer()) })),
    ringTimeout: Type.Integer(),
    voicemailEnabled: Type.Boolean(),
  }),
)

const huntGroups: ConfigurationObject<typeof HuntGroupBody, HuntGroup> = {
  type: 'HUNT_GROUP',
  idForm: 'uuid',
  historyType: 'LINE_HUNTGROUP',
  eventName: 'hunt-group',
  nameOf: (group) => group.name,
  references: huntGroupReferences,
  keys: ({ name, extension }) => ({ 'name:HUNT_GROUP': name.toLowerCase(), ...(extension === undefined ? {} : { extension }) }),
  check: async (change, scope, group, id) =>
    (await fittingExtension(change, scope, group.extension)) ?? (await overflowFailure(change.sql, scope, { type: 'HUNT_GROUP', id }, group.overflow)),
  limit: 1000,
  path: 'hunt-group',
  parameter: 'huntGroupId',
  tag: 'Hunt Group',
  noun: 'a hunt group',
  permission: 'EU_LineHuntGroup',
  createStatus: 201,
  deleteStatus: 204,
  body: HuntGroupBody,
  view: HuntGroupView,
  read: huntGroupOf,
  bodyOf,
  viewOf: ({ id, partitionId, accountId, attributes }) => ({ id, partitionId, accountId, ...bodyOf(attributes) }),
}

export const generalHuntGroupOperations: readonly Operation[] = configurationObject(huntGroups)

function bodyOf({ members, ringTimeoutSeconds, ...same }: HuntGroup) {
  return {
    ...same,
    ringTimeout: ringTimeoutSeconds,
    members: members.map((member) => ({ ...givenMember(member), priority: member.priority, ringTimeout: member.ringTimeoutSeconds })),
  }
}

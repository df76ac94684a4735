import { err, ok } from '@dialtone/foundation'
import Type from 'typebox'
import { type ConfigurationObject, configurationObject, configuredObject, findObject } from '../account-objects/index.ts'
import { entityNotFound } from '../failures/index.ts'
import { accountOperation, named, type Operation } from '../http/index.ts'
import { deleteHuntGroup } from './delete-hunt-group.ts'
import { type ForwardConfiguration } from './forward-configuration.ts'
import { type HuntGroup, referencesOf } from './hunt-group.ts'
import { HuntingConfiguration, huntingView, readHunting } from './hunting-body.ts'

export const TAG = 'Business Line Hunt Group'
export const ITEM = '/v2/partition/:partitionId/account/:accountId/business-line-hunt-group/:huntGroupId'
const GroupPath = Type.Object({ partitionId: Type.String(), accountId: Type.String(), huntGroupId: Type.String({ maxLength: 64 }) })

const HuntGroupBody = named(
  'HuntGroupRequest',
  Type.Object({
    name: Type.String({ minLength: 1, maxLength: 256 }),
    huntingConfiguration: HuntingConfiguration,
    activeForwardConfigurationId: Type.Optional(Type.String({ maxLength: 64 })),
  }),
)
const HuntGroupView = named(
  'HuntGroup',
  Type.Object({
    id: Type.String(),
    name: Type.String(),
    partitionId: Type.String(),
    accountId: Type.String(),
    huntingConfiguration: HuntingConfiguration,
    activeForwardConfigurationId: Type.Optional(Type.String()),
  }),
)

export const huntGroups = {
  type: 'BUSINESS_LINE_HUNT_GROUP',
  idForm: 'uuid',
  historyType: 'BUSINESS_LINE_HUNT_GROUP',
  eventName: 'business-line-hunt-group',
  nameOf: (group) => group.name,
  references: referencesOf,
  // The forward that calls follow is one of the group itself.
  check: async (change, scope, { activeForwardConfigurationId: id }, groupId) => {
    if (id === undefined) return undefined
    const row = await findObject(change.sql, scope, { type: 'FORWARD_CONFIGURATION', id })
    const isOwn = row !== undefined && configuredObject<ForwardConfiguration>(row).attributes.huntGroupId === groupId
    return isOwn ? undefined : entityNotFound('ForwardConfiguration', id)
  },
  limit: 1000,
  path: 'business-line-hunt-group',
  parameter: 'huntGroupId',
  tag: TAG,
  noun: 'a business line hunt group',
  permission: 'EU_BUSINESS_LINE_HUNT_GROUP',
  createStatus: 200,
  deleteStatus: 204,
  body: HuntGroupBody,
  view: HuntGroupView,
  read: (body, before) => {
    const hunting = readHunting(body.huntingConfiguration)
    if (!hunting.ok) return hunting
    const active = body.activeForwardConfigurationId === '' ? undefined : body.activeForwardConfigurationId
    return ok({
      name: body.name,
      hunting: hunting.value,
      failoverActions: before?.failoverActions ?? {},
      ...(active === undefined ? {} : { activeForwardConfigurationId: active }),
    })
  },
  bodyOf: ({ name, hunting, activeForwardConfigurationId }) => ({ name, huntingConfiguration: huntingView(hunting), activeForwardConfigurationId }),
  viewOf: ({ id, partitionId, accountId, attributes: { name, hunting, activeForwardConfigurationId } }) => ({
    id,
    name,
    partitionId,
    accountId,
    huntingConfiguration: huntingView(hunting),
    ...(activeForwardConfigurationId === undefined ? {} : { activeForwardConfigurationId }),
  }),
} as const satisfies ConfigurationObject<typeof HuntGroupBody, HuntGroup>

export const ownGroupOperations: readonly Operation[] = [
  ...configurationObject(huntGroups, { except: ['delete'] }),
  accountOperation({
    method: 'DELETE',
    path: ITEM,
    tag: TAG,
    summary: 'Delete a business line hunt group that no number rings, with its forward configurations',
    requires: { permission: 'EU_BUSINESS_LINE_HUNT_GROUP', level: 'DELETE' },
    params: GroupPath,
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params }) => {
      const deleted = await deleteHuntGroup(context, principal, scope, huntGroups, params.huntGroupId)
      return deleted.ok ? ok({ status: 204 }) : err(deleted.error)
    },
  }),
]

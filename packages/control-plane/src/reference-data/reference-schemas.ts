import Type from 'typebox'
import { ACCESS_LEVELS } from '../access/index.ts'
import { named, oneOf } from '../http/index.ts'
import { DEVICE_MANUFACTURERS, LINE_TYPES } from './device-type.ts'
import { DIAL_PLAN_ACTIONS } from './dial-plan-actions.ts'
import { PUBLISHED_PERMISSION_TYPES } from './permission-defaults.ts'

export const RING_TYPES = ['StandardRing', 'Ring1', 'Ring2', 'Ring3', 'Ring4', 'Ring5', 'Ring6', 'Ring7'] as const

export const DeviceTypeView = named(
  'DeviceType',
  Type.Object({
    id: Type.String(),
    name: Type.String(),
    numLines: Type.Integer(),
    deviceTypeManufacturer: oneOf(DEVICE_MANUFACTURERS),
    acceptsRemoteResync: Type.Boolean(),
    faxSupported: Type.Boolean(),
    macAddressRequired: Type.Boolean(),
    showProvisionStatus: Type.Boolean(),
    enforceUniqueAdminPassword: Type.Boolean(),
    customEncryptionKeys: Type.Boolean(),
    sipPagingEnabled: Type.Boolean(),
    distinctiveRingInfo: Type.String(),
    smbDevice: Type.Boolean(),
    sideCarTypeIds: Type.Array(Type.String()),
    maxSideCars: Type.Integer(),
    ringTypeAlertInfo: Type.Array(named('RingTypeAlertInfo', Type.Object({ ringType: oneOf(RING_TYPES), alertInfoHeaderValue: Type.String() }))),
    sipRegMax: Type.Integer(),
    deviceKind: Type.String(),
    lineFunctionality: Type.Record(Type.String(), Type.Array(oneOf(LINE_TYPES))),
  }),
)

export const SideCarTypeView = named(
  'SideCarType',
  Type.Object({ id: Type.String(), name: Type.String(), numLinesPerPage: Type.Integer(), numPages: Type.Integer() }),
)

export const LanguageView = named('LanguageReference', Type.Object({ id: Type.String(), country: Type.String(), language: Type.String() }))

export const PermissionDefaultView = named(
  'PermissionTypeDefaults',
  Type.Object({ type: oneOf(PUBLISHED_PERMISSION_TYPES), maxAccessType: oneOf([...ACCESS_LEVELS, 'DENIED']) }),
)

export const DefaultMediaView = named(
  'SystemDefaultMedia',
  Type.Object({ storageId: Type.String(), subType: Type.String(), title: Type.String(), url: Type.String() }),
)

export const DialPlanActionTypes = Type.Object({ actiontypes: Type.Array(oneOf(DIAL_PLAN_ACTIONS)) })

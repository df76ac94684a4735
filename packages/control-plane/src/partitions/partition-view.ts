import type { Selectable } from 'kysely'
import { DIALING_BEHAVIORS } from '@dialtone/numbering'
import Type, { type Static } from 'typebox'
import type { PartitionTable, Sql, Transaction } from '../database/index.ts'
import { named, oneOf } from '../http/index.ts'
import { TIME_ZONES } from '../time-zones/index.ts'
import { DialPlanRuleSchema } from './dial-plan-rule.ts'
import { carriersInForce } from './inbound-carriers.ts'
import { partitionLine } from './partition-defaults.ts'
import { ORDER_APPROVALS, type PartitionSettings, settingsInForce } from './partition-settings.ts'

export type PartitionRow = Selectable<PartitionTable>
export const PARTITION_STATUSES = ['ACTIVE', 'ARCHIVED', 'HIDDEN'] as const

const text = (maxLength: number) => Type.Optional(Type.String({ minLength: 1, maxLength }))
const texts = Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 256 }), { maxItems: 200 }))
const flag = Type.Optional(Type.Boolean())
const days = (maximum: number) => Type.Optional(Type.Integer({ minimum: 0, maximum }))
export const MediaFriends = named(
  'MediaFriends',
  Type.Object({ enabled: Type.Boolean(), host: Type.Optional(Type.String({ maxLength: 253 })), toNumber: Type.Optional(Type.String({ maxLength: 32 })) }),
)

/** What a caller may write, in the words of the interface; left out means inherited. */
export const PartitionFields = {
  customerServiceNumber: text(32),
  useAccountNumberDefault: flag,
  bypassVoicemailPINValidationFromDevice: flag,
  billingCode: text(64),
  country: Type.Optional(oneOf(['USA', 'CAN'])),
  languageTag: Type.Optional(oneOf(['en-US', 'fr-CA', 'es-MX'])),
  reorderNotifications: texts,
  useOwnCarrier: flag,
  defaultRoutePlanId: Type.Optional(Type.String({ format: 'uuid' })),
  tnDeleteCooldownDays: days(365),
  defaultTimeZone: Type.Optional(Type.String({ maxLength: 64 })),
  tempTnThreshold: days(1_000_000),
  serviceDialPlanRules: Type.Optional(Type.Array(DialPlanRuleSchema, { maxItems: 200 })),
  mediaFriends: Type.Optional(MediaFriends),
  defaultSimpleDialingBehaviorType: Type.Optional(oneOf(DIALING_BEHAVIORS)),
  defaultAdvancedDialingBehaviorType: Type.Optional(oneOf(DIALING_BEHAVIORS)),
  defaultDirectoryListingType: Type.Optional(oneOf(['ERROR', 'LIST_PUBLISH', 'LIST_NOT_PUBLISH', 'NOT_LIST_NOT_PUBLISH', 'PORTED', 'COMPLEX'])),
  portPushDays: days(365),
  tollFreeApproval: Type.Optional(oneOf(ORDER_APPROVALS)),
  vanityNumberApproval: Type.Optional(oneOf(ORDER_APPROVALS)),
  allowedDeviceTypes: texts,
  defaultHoldTimeoutSeconds: Type.Optional(Type.Integer({ minimum: 30, maximum: 600 })),
  allowLoginByAccountNumber: flag,
  requiresDeviceInventory: flag,
  showComplexListing: flag,
  defaultExtensionLength: Type.Optional(Type.Integer({ minimum: 3, maximum: 6 })),
  autoAssignCallerId: flag,
  byotnCarrierId: text(64),
  accountNumberMaxLength: Type.Optional(Type.Integer({ minimum: 1, maximum: 256 })),
  regulatoryType: Type.Optional(oneOf(['RESIDENTIAL', 'COMMERCIAL', 'GOVERNMENT'])),
}

/** Fields that are called differently inside. */
export const KEY_OF_FIELD: Readonly<Record<string, keyof PartitionSettings>> = {
  defaultTimeZone: 'timeZone',
  defaultSimpleDialingBehaviorType: 'simpleDialingBehaviorType',
  defaultAdvancedDialingBehaviorType: 'advancedDialingBehaviorType',
  defaultDirectoryListingType: 'directoryListingType',
  defaultHoldTimeoutSeconds: 'holdTimeoutSeconds',
  defaultExtensionLength: 'extensionLength',
}

export const PartitionView = named(
  'Partition',
  Type.Object({
    ...PartitionFields,
    id: Type.String(),
    name: Type.String(),
    status: oneOf(PARTITION_STATUSES),
    parentId: Type.Optional(Type.String()),
    subPartitionIds: Type.Array(Type.String()),
    availableInboundCarrierId: Type.Array(Type.String()),
    usesTrammellE911Verification: Type.Boolean(),
    defaultTimeZone: oneOf(TIME_ZONES),
  }),
)

export async function partitionView(sql: Sql | Transaction, row: PartitionRow): Promise<Static<typeof PartitionView>> {
  const children = await sql.selectFrom('partition').select('id').where('parent_id', '=', row.id).orderBy('created_at').execute()
  const settings = settingsInForce((await partitionLine(sql, row.id)).map((above) => above.settings))
  const fields = Object.keys(PartitionFields).flatMap((field) => {
    const value = settings[KEY_OF_FIELD[field] ?? (field as keyof PartitionSettings)]
    return value === undefined ? [] : [[field, value]]
  })
  return {
    ...(Object.fromEntries(fields) as Static<typeof PartitionView>),
    id: row.id,
    name: row.name,
    status: row.status as Static<typeof PartitionView>['status'],
    ...(row.parent_id === null ? {} : { parentId: row.parent_id }),
    subPartitionIds: children.map((child) => child.id),
    availableInboundCarrierId: (await carriersInForce(sql, row.id)).map((carrier) => carrier.id),
    // A service of one verification provider that this platform does not use.
    usesTrammellE911Verification: false,
  }
}

import Type, { type Static } from 'typebox'
import type { AccountScope } from '../access/index.ts'
import { named, oneOf } from '../http/index.ts'
import type { DeliveryRow, EventRecord } from './event-queries.ts'
import { isInCompliance, type NotificationGroup } from './notification-group.ts'
import { TRIGGER_TYPES } from './notify.ts'

const Recipients = Type.Array(Type.String({ maxLength: 320 }))

const Compliance = named(
  'ComplianceConfiguration',
  Type.Object({
    installDate: Type.Optional(Type.String({ format: 'date-time' })),
    usingAlternativeSolution: Type.Optional(Type.Boolean()),
    emailRecipients: Type.Optional(Recipients),
    smsRecipients: Type.Optional(Recipients),
    /** Ours besides (C-59): a change that leaves it out keeps it. */
    webhookUrls: Type.Optional(Type.Array(Type.String({ maxLength: 2048 }))),
    inCompliance: Type.Optional(Type.Boolean()),
  }),
)

export const NotificationGroupSchema = named(
  'NotificationGroup',
  Type.Object({
    id: Type.Optional(Type.String()),
    type: Type.Optional(oneOf(['ACCOUNT'])),
    name: Type.Optional(Type.String({ maxLength: 256 })),
    compliance: Type.Optional(Compliance),
    timeZoneId: Type.Optional(Type.String({ maxLength: 64 })),
  }),
)

/** The group of an account has the account's id. */
export function groupView(scope: AccountScope, group: NotificationGroup): Static<typeof NotificationGroupSchema> {
  return {
    id: scope.accountId,
    type: 'ACCOUNT',
    name: group.name,
    compliance: {
      installDate: group.installDate.toISOString(),
      usingAlternativeSolution: group.isUsingAlternativeSolution,
      emailRecipients: [...group.emailRecipients],
      smsRecipients: [...group.smsRecipients],
      webhookUrls: [...group.webhookUrls],
      inCompliance: isInCompliance(group),
    },
    timeZoneId: group.timeZone,
  }
}

/** The same group as seed 000 configures it (S0-79). */
export const EmergencyNotificationView = named(
  'EmergencyNotification',
  Type.Object({
    accountId: Type.String(),
    emailRecipients: Type.Array(Type.String()),
    smsRecipients: Type.Array(Type.String()),
    webhookUrls: Type.Array(Type.String()),
    inCompliance: Type.Boolean(),
    /** Only in the answer to the request that named the first URL. */
    webhookSecret: Type.Optional(Type.String()),
  }),
)

export function emergencyNotificationView(scope: AccountScope, group: NotificationGroup, webhookSecret?: string): Static<typeof EmergencyNotificationView> {
  return {
    accountId: scope.accountId,
    emailRecipients: [...group.emailRecipients],
    smsRecipients: [...group.smsRecipients],
    webhookUrls: [...group.webhookUrls],
    inCompliance: isInCompliance(group),
    ...(webhookSecret === undefined ? {} : { webhookSecret }),
  }
}

const RecipientStatus = named('RecipientStatus', Type.Object({ recipient: Type.String(), status: oneOf(['SENT', 'FAILED']) }))

export const EventView = named(
  'EmergencyNotificationEvent',
  Type.Object({
    id: Type.String({ format: 'uuid' }),
    callTime: Type.String({ format: 'date-time' }),
    timeZoneId: Type.String(),
    groupId: Type.String(),
    groupType: oneOf(['ACCOUNT']),
    triggerType: oneOf(TRIGGER_TYPES),
    triggeringPhoneNumber: Type.Optional(Type.String()),
    status: oneOf(['SENT', 'FAILED', 'PARTIAL']),
    emailNotificationRecipients: Type.Array(RecipientStatus),
    smsNotificationRecipients: Type.Array(RecipientStatus),
    /** Ours besides (C-59); PENDING while it is tried again. */
    webhookNotificationRecipients: Type.Array(
      Type.Object({ recipient: Type.String(), status: oneOf(['SENT', 'FAILED', 'PENDING']), attempts: Type.Integer() }),
    ),
  }),
)

export function eventView({ row, deliveries }: EventRecord): Static<typeof EventView> {
  const statusOf = (delivery: DeliveryRow) => (delivery.status === 'FAILED' ? ('FAILED' as const) : ('SENT' as const))
  const of = (kind: string) => deliveries.filter((delivery) => delivery.kind === kind)
  const recipients = (kind: string) => of(kind).map((delivery) => ({ recipient: delivery.recipient, status: statusOf(delivery) }))
  return {
    id: row.id,
    callTime: row.called_at.toISOString(),
    timeZoneId: row.time_zone,
    groupId: row.account_id,
    groupType: 'ACCOUNT',
    triggerType: row.trigger_type as (typeof TRIGGER_TYPES)[number],
    ...(row.phone_number === null ? {} : { triggeringPhoneNumber: row.phone_number }),
    status: overall(deliveries),
    emailNotificationRecipients: recipients('EMAIL'),
    smsNotificationRecipients: recipients('SMS'),
    webhookNotificationRecipients: of('WEBHOOK').map(({ recipient, status, attempts }) => ({
      recipient,
      status: status as 'SENT' | 'FAILED' | 'PENDING',
      attempts,
    })),
  }
}

/** What is still on its way counts as sent; telling nobody is a failure. */
function overall(deliveries: readonly DeliveryRow[]): 'SENT' | 'FAILED' | 'PARTIAL' {
  const failed = deliveries.filter((delivery) => delivery.status === 'FAILED').length
  if (failed === deliveries.length) return 'FAILED'
  return failed === 0 ? 'SENT' : 'PARTIAL'
}

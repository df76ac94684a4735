import Type, { type Static } from 'typebox'
import { named, oneOf } from '../http/index.ts'
import { attributesOf } from './change-subscription.ts'
import type { DeliveryRow, SubscriptionRow } from './subscription-queries.ts'

const webhook = {
  id: Type.String(),
  partitionId: Type.String(),
  url: Type.String(),
  events: Type.Array(Type.String()),
  description: Type.Optional(Type.String()),
  enabled: Type.Boolean(),
  disabledReason: Type.Optional(Type.String()),
  includeSubPartitions: Type.Boolean(),
  previousSecretUntil: Type.Optional(Type.String()),
  createdDate: Type.String(),
  updatedDate: Type.String(),
}
export const WebhookView = named('Webhook', Type.Object(webhook))
/** The only answer that shows a secret, when it was made here. */
export const NewWebhookView = named('NewWebhook', Type.Object({ ...webhook, secret: Type.Optional(Type.String()) }))

export const DeliveryView = named(
  'WebhookDelivery',
  Type.Object({
    id: Type.String(),
    eventId: Type.String(),
    event: Type.String(),
    status: oneOf(['PENDING', 'DELIVERED', 'FAILED']),
    replay: Type.Boolean(),
    attempts: Type.Integer(),
    nextAttemptDate: Type.Optional(Type.String()),
    createdDate: Type.String(),
    finishedDate: Type.Optional(Type.String()),
  }),
)

export function webhookView(row: SubscriptionRow): Static<typeof WebhookView> {
  const { description, ...attributes } = attributesOf(row)
  return {
    id: row.id,
    partitionId: row.partition_id,
    ...attributes,
    events: [...attributes.events],
    ...(description === undefined ? {} : { description }),
    ...(row.disabled_reason === null ? {} : { disabledReason: row.disabled_reason }),
    ...(row.previous_secret_until === null ? {} : { previousSecretUntil: row.previous_secret_until.toISOString() }),
    createdDate: row.created_at.toISOString(),
    updatedDate: row.updated_at.toISOString(),
  }
}

export function deliveryView(row: DeliveryRow): Static<typeof DeliveryView> {
  return {
    id: row.id,
    eventId: row.event_id,
    event: row.event_type,
    status: row.status as 'PENDING' | 'DELIVERED' | 'FAILED',
    replay: row.is_replay,
    attempts: row.attempts,
    ...(row.next_attempt_at === null ? {} : { nextAttemptDate: row.next_attempt_at.toISOString() }),
    createdDate: row.created_at.toISOString(),
    ...(row.finished_at === null ? {} : { finishedDate: row.finished_at.toISOString() }),
  }
}

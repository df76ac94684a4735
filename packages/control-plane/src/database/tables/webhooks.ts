import type { ColumnType } from 'kysely'
import type { Json } from '../schema.ts'

type Defaulted<Value> = ColumnType<Value, Value | undefined, Value>

export interface EventFeedTable {
  name: string
  last_position: ColumnType<string, string | number, string | number>
}

export interface WebhookSubscriptionTable {
  id: string
  partition_id: string
  url: string
  events: Json<readonly string[]>
  description: string | null
  include_sub_partitions: boolean
  enabled: boolean
  disabled_reason: string | null
  secret_sealed: string
  previous_secret_sealed: string | null
  previous_secret_until: Date | null
  created_at: Date
  updated_at: Date
}

export interface WebhookDeliveryTable {
  id: string
  subscription_id: string
  event_id: string
  event_type: string
  body: string
  is_replay: boolean
  status: string
  attempts: Defaulted<number>
  next_attempt_at: Date | null
  created_at: Date
  finished_at: Date | null
}

export interface WebhookAttemptTable {
  delivery_id: string
  number: number
  attempted_at: Date
  duration_ms: number
  status_code: number | null
  error: string | null
}

export interface WebhookTables {
  event_feed: EventFeedTable
  webhook_subscription: WebhookSubscriptionTable
  webhook_delivery: WebhookDeliveryTable
  webhook_attempt: WebhookAttemptTable
}

import type { Generated } from 'kysely'
import type { Json } from '../schema.ts'

export interface EmergencyGroupTable {
  account_id: string
  partition_id: string
  name: string | null
  time_zone: string | null
  install_date: Date | null
  using_alternative_solution: boolean
  email_recipients: Json<readonly string[]>
  sms_recipients: Json<readonly string[]>
  webhook_urls: Json<readonly string[]>
  webhook_secret_sealed: string | null
  created_at: Date
  updated_at: Date
}

export interface EmergencyEventTable {
  sequence: Generated<string>
  id: string
  partition_id: string
  account_id: string
  call_id: string | null
  trigger_type: string
  phone_number: string | null
  time_zone: string
  called_at: Date
  details: Json<Record<string, unknown>>
  created_at: Date
}

export interface EmergencyDeliveryTable {
  id: string
  event_id: string
  position: number
  kind: string
  recipient: string
  status: string
  /** Of the message queue, for mail and SMS. */
  message_id: string | null
  attempts: number
  /** Null once it arrived or was given up. */
  next_attempt_at: Date | null
  last_error: string | null
  updated_at: Date
}

export interface EmergencyNotificationTables {
  emergency_group: EmergencyGroupTable
  emergency_event: EmergencyEventTable
  emergency_delivery: EmergencyDeliveryTable
}

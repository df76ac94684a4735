import type { ColumnType, Generated } from 'kysely'
import type { SipDomainTables } from './tables/sip-domains.ts'
import type { SipTrunkTables } from './tables/sip-trunks.ts'
import type { BusinessLineTables } from './tables/business-lines.ts'
import type { CallRecordingTables } from './tables/call-recordings.ts'
import type { UserSoftphoneTables } from './tables/user-softphones.ts'
import type { VirtualFaxTables } from './tables/virtual-fax.ts'
import type { VoicemailTables } from './tables/voicemail.ts'
import type { AccountObjectTables } from './tables/account-objects.ts'
import type { BulkOperationTables } from './tables/bulk-operations.ts'
import type { WebhookTables } from './tables/webhooks.ts'
import type { JobTables } from './tables/jobs.ts'
import type { IdempotencyKeyTables } from './tables/idempotency-keys.ts'
import type { DeviceTables } from './tables/devices.ts'
import type { SpecialtyLineTables } from './tables/specialty-lines.ts'
import type { SipCredentialTables } from './tables/sip-credentials.ts'
import type { TelephoneNumberTables } from './tables/telephone-numbers.ts'
import type { AccessTables } from './tables/access.ts'
import type { AccountTables } from './tables/accounts.ts'
import type { CallingPlanTables } from './tables/calling-plans.ts'
import type { EmergencyNotificationTables } from './tables/emergency-notifications.ts'
import type { FraudGuardTables } from './tables/fraud-guard.ts'
import type { PortTables } from './tables/ports.ts'
import type { RoutingHistoryTables } from './tables/routing-history.ts'
import type { SwitchMemoryTables } from './tables/switch-memory.ts'

/** A jsonb column: read as a value, written as JSON text (the driver would turn an array into a PostgreSQL array). */
export type Json<Value> = ColumnType<Value, string, string>
/** A column with a default. */
type Defaulted<Value> = ColumnType<Value, Value | undefined, Value>
type DefaultedJson<Value> = ColumnType<Value, string | undefined, string>
/** `bigint` and `numeric` arrive as text from every driver we use. */
type BigInteger = ColumnType<string, string | number, string | number>

export interface PartitionTable {
  id: string
  parent_id: string | null
  name: string
  status: Defaulted<string>
  environment: string
  settings: Json<Record<string, unknown>>
  created_at: Date
  updated_at: Date
}

export interface ManagementUserTable {
  id: string
  partition_id: string
  username: string
  password_hash: string | null
  first_name: string
  last_name: string
  must_change_password: Defaulted<boolean>
  language_tag: Defaulted<string>
  created_at: Date
}

export interface SessionTokenTable {
  token_hash: string
  environment: string
  user_type: string
  user_id: string
  partition_id: string
  account_id: string | null
  last_used_at: Date
  created_at: Date
  /** The end of a token that use does not prolong. */
  expires_at: ColumnType<Date | null, Date | null | undefined, Date | null>
  /** How it was got: PASSWORD, CLIENT_CREDENTIALS, JWT. */
  source: Defaulted<string>
}

export interface CallingPlanProductTable {
  id: string
  partition_id: string
  name: string
  plan_minutes: number
  default_plan: Defaulted<boolean>
  archived: Defaulted<boolean>
  terms: Json<Record<string, unknown>>
  created_at: Date
}

export interface AccountTable {
  id: string
  partition_id: string
  account_number: string
  account_name: string
  status: string
  account_type: string
  platform_type: string
  extension_length: number
  billing_cycle_day: number
  dialing_behavior_type: string
  regulatory_type: string
  time_zone: string
  custom_field: string | null
  route_plan_id: string
  hold_music_media_id: string
  custom_hold_music_media_id: ColumnType<string | null, string | null | undefined, string | null>
  hold_timeout_seconds: number
  allow_dangerous_extensions: boolean
  send_welcome_email: boolean
  language_tag: string
  service_address: Json<Record<string, unknown>> | null
  call_screening_settings: Json<Record<string, unknown>> | null
  products: Json<readonly string[]>
  domain: string | null
  inbound_rate_plan_product_id: string | null
  deleted_at: Date | null
  platform_changed_at: Date | null
  version: Generated<string>
  created_at: Date
  updated_at: Date
}

export interface EndUserTable {
  id: string
  partition_id: string
  account_id: string
  first_name: string
  last_name: string
  username: string | null
  email_address: string | null
  password_hash: string | null
  must_change_password: Defaulted<boolean>
  language_tag: string
  time_zone: string
  extension: string | null
  end_user_type: string
  user_product_plan: string | null
  allow_portal_access: boolean
  block_email: boolean
  welcome_email_sent_at: Date | null
  pin_locked_out: Defaulted<boolean>
  caller_id_config: Json<Record<string, unknown>>
  call_handling_settings: Json<Record<string, unknown>>
  call_screening_settings: Json<Record<string, unknown>>
  call_handling_schedules: Json<readonly unknown[]>
  voicemail_box_id: string | null
  media_friends: Json<Record<string, unknown>> | null
  softphone_client_type: string | null
  tags: string | null
  user_group_id: string | null
  voicemail_pin_hash: string | null
  voicemail_pin_must_change: Defaulted<boolean>
  own_voicemail_box_id: string | null
  created_at: Date
  updated_at: Date
}

export interface VoicemailBoxTable {
  id: string
  partition_id: string
  account_id: string
  name: string
  type: Defaulted<string>
  settings: DefaultedJson<Record<string, unknown>>
  /** When each greeting was recorded, and as what, by its kind. */
  /** `file`: its name in the store; one recorded before every recording had a name of its own has none. */
  greetings: DefaultedJson<Record<string, { mediaType: string; sizeBytes: number; createdDate: string; file?: string }>>
  parent_id: Defaulted<string | null>
  dtmf_option: Defaulted<string | null>
  pin_hash: Defaulted<string | null>
  pin_failures: Defaulted<number>
  created_at: Date
}

export interface CallingPlanTable {
  id: string
  partition_id: string
  account_id: string
  reference_type: string
  reference_id: string
  calling_plan_product_id: string
  start_date: Date
  end_date: Date | null
  plan_minutes: number
  seconds_remaining: BigInteger
  cycle_starts_at: Date
  resets_at: Date
}

export interface TelephoneNumberTable {
  phone_number: string
  /** Who may see it now. */
  partition_id: string
  /** Whose inventory it came from and goes back to. */
  inventory_partition_id: string
  account_id: string | null
  carrier_id: string
  function_type: string
  rate_center: string
  rate_center_reorder_name: string
  state: string
  country: string
  prefix: string
  lata: string | null
  latitude: number | null
  longitude: number | null
  carrier_status: string
  operational_status: string
  byotn: Defaulted<boolean>
  reference_type: string | null
  reference_id: string | null
  ever_referenced: Defaulted<boolean>
  ring_type: string | null
  reserved_account_id: string | null
  reserved_user_id: string | null
  reserved_at: Date | null
  reserved_until: Date | null
  cooldown_until: Date | null
  customer_service_record: Json<Record<string, unknown>> | null
  directory_listing: Json<Record<string, unknown>> | null
  e911_address: Json<Record<string, unknown>> | null
  e911_registered: Defaulted<boolean>
  activated_at: Date | null
  created_at: Date
  updated_at: Date
  can_accept_sms: Defaulted<boolean>
  service_package_type: Defaulted<string>
  byotn_carrier_id: Defaulted<string | null>
  cooldown_recovered_at: Defaulted<Date | null>
  /** At another provider; known here for calls that come from it (S1-61). */
  is_external: Defaulted<boolean>
  order_id: Defaulted<string | null>
  /** The port that brought it, or is to bring it. */
  port_id: Defaulted<string | null>
  /** When the carrier will have activated it; null when nothing is awaited. */
  activation_due_at: Defaulted<Date | null>
  /** What the address provider would write instead. */
  e911_correction: ColumnType<Record<string, unknown> | null, string | null | undefined, string | null>
  /** `CORRECTION` or `ORIGINAL`: somebody looked at the proposal and chose. */
  e911_decision: Defaulted<string | null>
}

export interface DeviceLineTable {
  id: string
  partition_id: string
  account_id: string
  device_id: string
  user_id: string | null
  line_number: number
  line_type: string
  device_name: string
  fax_enabled: Defaulted<boolean>
  emergency_number: string | null
  /** USER lines live here; BUSINESS and SPECIALTY lines have a row here for the port they are on. */
  kind: Defaulted<string>
  /** What the key stands for, by `line_type`. */
  reference_id: string | null
  features: Json<Record<string, boolean>> | null
  codecs: Json<readonly string[]> | null
  admin_state: Defaulted<string>
  created_at: Date
  updated_at: Date
}

export interface RegistrationBindingTable {
  line_id: string
  contact_uri: string
  binding: Json<Record<string, unknown>>
  expires_at: Date
}

export interface CallRecordTable {
  id: string
  partition_id: string
  account_id: string
  session_id: string
  started_at: Date
  answered_at: Date | null
  ended_at: Date
  direction: string
  dialed_number: string
  calling_number: string
  called_number: string
  orig_category: string
  term_category: string
  disposition: string
  reference_id: string | null
  /** null in records from before it was written: END_USER. */
  reference_type: string | null
  answered_seconds: number
  billed_seconds: number
  cost: ColumnType<string, string, string>
  rating: Json<Record<string, unknown>>
  record: Json<Record<string, unknown>>
  created_at: Date
}

export interface EventOutboxTable {
  sequence: Generated<string>
  id: string
  partition_id: string
  account_id: string | null
  type: string
  payload: Json<Record<string, unknown>>
  actor: Json<Record<string, unknown>>
  occurred_at: Date
  dispatched_at: Date | null
  /** The place in the feed, once it was handed out. */
  feed_position: ColumnType<string | null, string | number | null | undefined, string | number | null>
}

export interface AccountHistoryTable {
  sequence: Generated<string>
  id: string
  partition_id: string
  account_id: string
  type: string
  action: string
  old_value: Json<unknown> | null
  new_value: Json<unknown> | null
  reference_type: string | null
  reference_id: string | null
  reference_name: string | null
  user_id: string
  user_name: string
  user_type: string
  logged_at: Date
}

export interface OutgoingMessageTable {
  id: string
  partition_id: string
  account_id: string | null
  kind: string
  recipient: string
  subject: string
  body: string
  created_at: Date
  /** QUEUED, SENT, FAILED, or MAILBOX when nobody carries its kind. */
  status: Defaulted<string>
  attempts: Defaulted<number>
  next_attempt_at: ColumnType<Date | null, Date | null | undefined, Date | null>
  sent_at: ColumnType<Date | null, Date | null | undefined, Date | null>
  last_error: ColumnType<string | null, string | null | undefined, string | null>
  carrier_reference: ColumnType<string | null, string | null | undefined, string | null>
  /** In the file store. */
  attachment_file: ColumnType<string | null, string | null | undefined, string | null>
  attachment_name: ColumnType<string | null, string | null | undefined, string | null>
  attachment_type: ColumnType<string | null, string | null | undefined, string | null>
  attachment_bytes: ColumnType<string | null, string | number | null | undefined, string | number | null>
  /** It tells of a call to 911. */
  urgent: Defaulted<boolean>
}

export interface PlatformSecretTable {
  name: string
  value: string
}

interface FirstTables {
  partition: PartitionTable
  management_user: ManagementUserTable
  session_token: SessionTokenTable
  calling_plan_product: CallingPlanProductTable
  account: AccountTable
  end_user: EndUserTable
  voicemail_box: VoicemailBoxTable
  calling_plan: CallingPlanTable
  telephone_number: TelephoneNumberTable
  device_line: DeviceLineTable
  registration_binding: RegistrationBindingTable
  call_record: CallRecordTable
  event_outbox: EventOutboxTable
  account_history: AccountHistoryTable
  outgoing_message: OutgoingMessageTable
  platform_secret: PlatformSecretTable
}

// One area a line: interfaces of one name are merged.
export interface Schema extends FirstTables {}
export interface Schema extends AccessTables {}
export interface Schema extends AccountObjectTables {}
export interface Schema extends IdempotencyKeyTables {}
export interface Schema extends JobTables {}
export interface Schema extends SipCredentialTables {}
export interface Schema extends TelephoneNumberTables {}
export interface Schema extends CallingPlanTables {}
export interface Schema extends DeviceTables {}
export interface Schema extends PortTables {}
export interface Schema extends BulkOperationTables {}
export interface Schema extends WebhookTables {}
export interface Schema
  // One area a line.
  extends AccountObjectTables, DeviceTables, SipCredentialTables, SpecialtyLineTables, TelephoneNumberTables, FirstTables {}
export interface Schema extends EmergencyNotificationTables {}
export interface Schema extends FraudGuardTables {}
export interface Schema extends VoicemailTables {}
export interface Schema extends CallRecordingTables {}
export interface Schema extends VirtualFaxTables {}
export interface Schema extends UserSoftphoneTables {}
export interface Schema extends SipTrunkTables {}
export interface Schema extends SipDomainTables {}
export interface Schema extends AccountTables {}
export interface Schema extends BusinessLineTables {}
export interface Schema extends SwitchMemoryTables {}
export interface Schema extends RoutingHistoryTables {}

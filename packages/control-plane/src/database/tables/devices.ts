import type { ColumnType } from 'kysely'

type Json<Value> = ColumnType<Value, string | undefined, string>
type Defaulted<Value> = ColumnType<Value, Value | undefined, Value>

/** A request for its configuration by a device, answered or not. */
export interface ProvisioningRequestTable {
  id: string
  partition_id: string
  account_id: string
  device_id: string
  requested_at: Date
  http_status: number
  ip_address: string
  user_agent: string
  method: Defaulted<string>
  file_name: Defaulted<string>
  /** Why it was answered so, in one word. */
  verdict: Defaulted<string>
  authentication: Defaulted<string | null>
}

/** What a device is told besides its lines, how it proves itself, and what it has fetched; absent: nothing was ever set. */
export interface DeviceConfigurationTable {
  device_id: string
  partition_id: string
  account_id: string
  /** phone, softphone or ata, as the Telephony Resources API called it. */
  entity: Defaulted<string | null>
  manufacturer: Defaulted<string | null>
  user_id: Defaulted<string | null>
  template_id: Defaulted<string | null>
  settings: Json<Record<string, unknown>>
  /** By line number, what the Telephony Resources API called a line that stands for nobody of the account. */
  line_words: Json<Record<string, LineWords>>
  /** Tokens of an earlier version open nothing. */
  token_version: Defaulted<number>
  password_sealed: Defaulted<string | null>
  /** The operator lets the device in by its address alone until then. */
  window_until: Defaulted<Date | null>
  window_cidr: Defaulted<string | null>
  /** Who came first; nobody else is let in. */
  window_address: Defaulted<string | null>
  fetched_digest: Defaulted<string | null>
  fetched_at: Defaulted<Date | null>
  revised_at: Defaulted<Date | null>
  firmware_version: Defaulted<string | null>
  last_address: Defaulted<string | null>
}

export interface LineWords {
  readonly type: string
  readonly extension: string
}

/** A restart that is still to come, or waits for a call to end. */
export interface DeviceRebootTable {
  device_id: string
  due_at: Date
  next_attempt_at: Date
  force: boolean
}

/** Of a deleted device, for when its address comes back to the account. */
export interface KeptDeviceConfigurationTable {
  mac_address: string
  partition_id: string
  account_id: string
  template_id: string | null
  settings: Json<Record<string, unknown>>
  kept_at: Date
}

export interface DeviceTemplateTable {
  id: string
  partition_id: string
  name: string
  created_at: Date
  updated_at: Date
}

export interface DeviceTemplateVersionTable {
  template_id: string
  version: number
  settings: Json<Record<string, unknown>>
  note: string | null
  /** Of the devices with this template; 100: all of them. */
  percent: Defaulted<number>
  /** Accounts that have it whatever the percentage. */
  account_ids: Json<readonly string[]>
  created_at: Date
  published_at: Date | null
}

/** MAC addresses a partition owns, on an account or not (state UNASSIGNED). */
export interface DeviceInventoryTable {
  mac_address: string
  partition_id: string
  device_type_id: string | null
  created_at: Date
}

export interface DeviceTable {
  id: string
  partition_id: string
  account_id: string
  mac_address: string | null
  device_type_id: string
  device_name: string
  /** Free text of the guides (C-46). */
  model: string | null
  description: string | null
  admin_state: Defaulted<string>
  /** Made as a device of its own: it stays when its last line goes. */
  stays_without_lines: Defaulted<boolean>
  side_car_type_id: string | null
  num_side_cars: Defaulted<number>
  admin_password_sealed: string | null
  encryption_key_sealed: string | null
  provisioner_type: Defaulted<string>
  created_at: Date
  updated_at: Date
}

export interface DeviceTables {
  device: DeviceTable
  provisioning_request: ProvisioningRequestTable
  device_inventory: DeviceInventoryTable
  device_configuration: DeviceConfigurationTable
  kept_device_configuration: KeptDeviceConfigurationTable
  device_template: DeviceTemplateTable
  device_reboot: DeviceRebootTable
  device_template_version: DeviceTemplateVersionTable
}

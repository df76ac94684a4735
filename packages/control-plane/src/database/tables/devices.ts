import type { ColumnType } from 'kysely'

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
}

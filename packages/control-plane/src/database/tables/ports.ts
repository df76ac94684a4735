import type { ColumnType, Generated } from 'kysely'
import type { Json } from '../schema.ts'

export interface ServiceActivationTable {
  sequence: Generated<string>
  id: string
  partition_id: string
  account_id: string
  service_type: string
  reference_type: string
  reference_id: string
  status: string
  main_telephone_number: string | null
  telephone_numbers: Json<readonly string[]>
  details: Json<Record<string, unknown>>
  /** When a COOLDOWN ends by itself. */
  cooldown_until: Date | null
  foc_date: Date | null
  created_at: Date
  updated_at: Date
}

export interface ServiceActivationLogTable {
  sequence: Generated<string>
  activation_id: string
  status: string
  action_date: Date
  code: string | null
  message: string | null
  ticket_id: string | null
  created_at: Date
}

export interface PortRequestTable {
  id: string
  partition_id: string
  account_id: string
  status: string
  carrier_id: string
  losing_carrier: string
  wire_type: string
  /** As given, yyyy-MM-dd; the carrier works on `crd_date`. */
  requested_date: string | null
  /** A business day, yyyy-MM-dd. */
  crd_date: string
  time_zone: string
  country: string
  foc_at: Date | null
  triggered_at: Date | null
  hot_cut_port_id: string | null
  details: Json<Record<string, unknown>>
  pin_sealed: string | null
  cancel_type: string | null
  rejection: Json<Record<string, unknown>> | null
  /** When the carrier does something next; null when it waits for us or is done. */
  next_step_at: Date | null
  submitted_at: Date
  completed_at: Date | null
  version: Generated<string>
  created_at: Date
  updated_at: Date
}

export interface PortNumberTable {
  port_id: string
  phone_number: string
  position: number
  is_open: boolean
  /** It was in the inventory before, and goes back there when the port comes to nothing. */
  from_inventory: boolean
}

export interface PortDocumentTable {
  port_id: string
  file_name: string
  content_type: string
  bytes: ColumnType<Uint8Array, Uint8Array, Uint8Array>
  uploaded_at: Date
}

export interface PortTables {
  service_activation: ServiceActivationTable
  service_activation_log: ServiceActivationLogTable
  port_request: PortRequestTable
  port_number: PortNumberTable
  port_document: PortDocumentTable
}

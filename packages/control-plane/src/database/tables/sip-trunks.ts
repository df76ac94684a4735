import type { ColumnType } from 'kysely'
import type { Json } from '../schema.ts'

export interface SipTrunkTable {
  id: string
  partition_id: string
  account_id: string | null
  kind: string
  name: string
  settings: Json<Record<string, unknown>>
  forward_rules: ColumnType<Record<string, unknown>, string | undefined, string>
  locked_out: ColumnType<boolean, boolean | undefined, boolean>
  created_at: Date
  updated_at: Date
}

export interface SipTrunkAddressTable {
  id: string
  trunk_id: string
  partition_id: string
  account_id: string | null
  address: string
  type: string
  port: number | null
  priority: number
  active: boolean
  created_at: Date
  updated_at: Date
}

export interface GatewayReportTable {
  gateway_id: string
  trunk_id: string
  status: string
  response_ms: number | null
  loss_percent: number | null
  error_message: string | null
  reported_at: Date
}

/** What the probes of five minutes came to. */
export interface GatewayProbeTable {
  gateway_id: string
  trunk_id: string
  began_at: Date
  probes: number
  answered: number
  response_total_ms: number
  status: string
  last_at: Date
}

export interface SipTrunkTables {
  sip_trunk: SipTrunkTable
  trunk_address: SipTrunkAddressTable
  gateway_report: GatewayReportTable
  gateway_probe: GatewayProbeTable
}

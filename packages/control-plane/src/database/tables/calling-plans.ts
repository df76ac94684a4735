import type { ColumnType } from 'kysely'
import type { Json } from '../schema.ts'

export interface CallingPlanUseTable {
  id: string
  partition_id: string
  account_id: string
  reference_type: string
  reference_id: string
  calling_plan_id: string
  starts_at: Date
  ends_at: Date | null
}

/** A cycle that is over, with what was left of it. */
export interface CallingPlanCycleTable {
  calling_plan_id: string
  starts_at: Date
  ends_at: Date
  plan_minutes: number
  seconds_remaining: ColumnType<string, string | number, string | number>
}

export interface CallingPlanRateTable {
  calling_plan_product_id: string
  prefix: string
  description: string
  rate_per_minute: string
  in_plan: boolean
  allowed: boolean
  initial_seconds: number
  subsequent_seconds: number
}

export interface InboundRatePlanProductTable {
  id: string
  partition_id: string
  name: string
  default_plan: ColumnType<boolean, boolean | undefined, boolean>
  archived: ColumnType<boolean, boolean | undefined, boolean>
  rates: Json<Record<string, { rate: string; allowCalls: boolean }>>
  created_at: Date
}

export interface LocalPrefixTable {
  partition_id: string
  from_prefix: string
  to_prefix: string
}

export interface CallingPlanTables {
  calling_plan_use: CallingPlanUseTable
  calling_plan_cycle: CallingPlanCycleTable
  calling_plan_rate: CallingPlanRateTable
  inbound_rate_plan_product: InboundRatePlanProductTable
  local_prefix: LocalPrefixTable
}

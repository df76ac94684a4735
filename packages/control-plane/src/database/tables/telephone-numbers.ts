import type { ColumnType } from 'kysely'
import type { Json } from '../schema.ts'

type Defaulted<Value> = ColumnType<Value, Value | undefined, Value>

/** The exchanges (1NPANXX) a partition's inventory has numbers of, and where they are. Filled by a trigger. */
export interface InventoryExchangeTable {
  partition_id: string
  function_type: string
  prefix: string
  rate_center: string
  rate_center_reorder_name: string
  state: string
  latitude: number | null
  longitude: number | null
}

/** A number that somebody found in a search a moment ago. */
export interface NumberSearchHoldTable {
  phone_number: string
  user_id: string
  held_until: Date
}

/** An order of numbers; its state is read from the numbers. */
export interface NumberOrderTable {
  id: string
  partition_id: string
  account_id: string
  /** `ORDER`, `TOLL_FREE` or `DYNAMIC`. */
  kind: string
  /** `GIVEN`, `AWAITED` or `REFUSED` (C-27). */
  approval: string
  request: Json<Record<string, unknown>>
  archived: Defaulted<boolean>
  ordered_by: string
  created_at: Date
  updated_at: Date
}

export interface NumberOrderLineTable {
  order_id: string
  phone_number: string
  position: number
}

/** How many numbers of a rate center a partition wants to have in stock. */
export interface RateCenterPlanTable {
  partition_id: string
  rate_center: string
  state: string
  minimum_stock: number
  reorder_quantity: number
  updated_at: Date
}

/** Who is told when stock runs low. */
export interface RateCenterReorderTable {
  partition_id: string
  emails: Json<readonly string[]>
  updated_at: Date
}

export interface TelephoneNumberTables {
  inventory_exchange: InventoryExchangeTable
  number_search_hold: NumberSearchHoldTable
  number_order: NumberOrderTable
  number_order_line: NumberOrderLineTable
  rate_center_plan: RateCenterPlanTable
  rate_center_reorder: RateCenterReorderTable
}

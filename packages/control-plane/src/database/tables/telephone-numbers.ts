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

export interface TelephoneNumberTables {
  inventory_exchange: InventoryExchangeTable
  number_search_hold: NumberSearchHoldTable
}

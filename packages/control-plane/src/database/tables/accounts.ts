import type { ColumnType } from 'kysely'

export interface AccountAccessTable {
  user_id: string
  account_id: string
  partition_id: string
  accesses: ColumnType<string, string | number, string | number>
  accessed_at: Date
}

/** Kept by triggers; only read. */
export interface AccountSearchTable {
  account_id: string
  partition_id: string
  field: string
  item: string
  value: string
  shown: string
  grams: readonly string[]
}

export interface AccountTables {
  account_access: AccountAccessTable
  account_search: AccountSearchTable
}

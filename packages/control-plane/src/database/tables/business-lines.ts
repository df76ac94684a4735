import type { ColumnType } from 'kysely'

export interface BusinessLineTable {
  id: string
  partition_id: string
  account_id: string
  name: string
  caller_id_number: string | null
  caller_id_visible: boolean
  emergency_number: string | null
  /** The `CallHandling` of src/business-lines, checked before it was stored. */
  call_handling: ColumnType<Readonly<Record<string, unknown>>, string, string>
  created_at: Date
  updated_at: Date
}

export interface BusinessLineTables {
  business_line: BusinessLineTable
}

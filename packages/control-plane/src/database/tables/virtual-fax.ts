import type { ColumnType } from 'kysely'

export interface FaxMessageTable {
  id: string
  partition_id: string
  account_id: string
  line_type: string
  line_id: string
  from_name: string
  from_number: string
  to_number: string
  /** What the sender's machine calls itself. */
  remote_ident: string
  page_count: number
  bad_rows: number
  is_complete: boolean
  size_bytes: ColumnType<string, string | number, string | number>
  created_at: Date
}

export interface VirtualFaxTables {
  fax_message: FaxMessageTable
}

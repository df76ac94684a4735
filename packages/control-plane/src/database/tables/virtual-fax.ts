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

export interface OutboundFaxTable {
  id: string
  partition_id: string
  account_id: string
  to_number: string
  from_number: string
  status: 'QUEUED' | 'SENDING' | 'SENT' | 'FAILED'
  page_count: number
  /** Confirmed by the receiver. */
  pages_sent: number
  /** Of them, before the present call. */
  pages_before: number
  attempts: number
  reason: string | null
  remote_ident: string
  session_id: string | null
  created_at: Date
  changed_at: Date
  /** When it is to be looked at; null: it is done. */
  due_at: Date | null
}

/** What the switch has brought and an account did not want any more. */
export interface DeletedDepositTable {
  id: string
  partition_id: string
  account_id: string
  deleted_at: Date
}

export interface VirtualFaxTables {
  deleted_deposit: DeletedDepositTable
  outbound_fax: OutboundFaxTable
  fax_message: FaxMessageTable
}

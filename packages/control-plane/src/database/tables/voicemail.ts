import type { ColumnType } from 'kysely'

export interface VoicemailMessageTable {
  id: string
  partition_id: string
  account_id: string
  box_id: string
  message_type: string
  from_name: string
  from_number: string
  to_number: string
  length_seconds: number | null
  length_pages: number | null
  size_bytes: ColumnType<string, string | number, string | number>
  media_type: string
  is_read: ColumnType<boolean, boolean | undefined, boolean>
  created_at: Date
}

export interface VoicemailTables {
  voicemail_message: VoicemailMessageTable
}

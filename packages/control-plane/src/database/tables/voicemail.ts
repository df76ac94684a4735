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
  /** Its box keeps nothing after the mail is out. */
  delete_once_mailed: ColumnType<boolean, boolean | undefined, boolean>
  /** NULL when nobody asked for it. */
  transcription_status: ColumnType<string | null, string | null | undefined, string | null>
  transcription_info: ColumnType<string | null, string | null | undefined, string | null>
  transcription_text: ColumnType<string | null, string | null | undefined, string | null>
}

export interface VoicemailTables {
  voicemail_message: VoicemailMessageTable
}

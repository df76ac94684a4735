import type { ColumnType } from 'kysely'

export interface CallRecordingSettingTable {
  account_id: string
  partition_id: string
  settings: ColumnType<Record<string, unknown>, string, string>
  updated_at: Date
}

export interface CallRecordingTable {
  id: string
  partition_id: string
  account_id: string
  session_id: string
  call_record_id: string
  calling_number: string
  called_number: string
  started_at: Date
  duration_ms: ColumnType<string, string | number, string | number>
  size_bytes: ColumnType<string, string | number, string | number>
  expires_at: Date
}

export interface CallRecordingTables {
  call_recording_setting: CallRecordingSettingTable
  call_recording: CallRecordingTable
}

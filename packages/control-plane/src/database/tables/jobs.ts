import type { ColumnType } from 'kysely'
import type { Json } from '../schema.ts'

type Defaulted<Value> = ColumnType<Value, Value | undefined, Value>

export interface JobUploadTable {
  key: string
  partition_id: string
  user_id: string
  file_name: string | null
  bytes: string | number | null
  created_at: Date
  expires_at: Date
  stored_at: Date | null
  used_at: Date | null
}

export interface JobTable {
  id: string
  partition_id: string
  account_id: string | null
  user_id: string
  principal: Json<Record<string, unknown>>
  name: string
  worker: string
  parameters: Json<Record<string, unknown>>
  input_key: string | null
  output_key: string | null
  output_type: string | null
  output_name: string | null
  status: string
  errors: Json<readonly Record<string, unknown>[]>
  error_count: Defaulted<number>
  checkpoint: Json<unknown> | null
  progress: Json<Record<string, unknown>> | null
  cancel_requested: Defaulted<boolean>
  attempt: Defaulted<number>
  lease_id: string | null
  lease_until: Date | null
  created_at: Date
  started_at: Date | null
  updated_at: Date
  finished_at: Date | null
}

export interface JobTables {
  job_upload: JobUploadTable
  job: JobTable
}

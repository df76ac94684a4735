import type { ColumnType } from 'kysely'
import type { Json } from '../schema.ts'

export interface BulkCollectionTable {
  id: string
  partition_id: string
  account_id: string | null
  user_id: string
  object_type: string | null
  size: number
  is_frozen: ColumnType<boolean, boolean | undefined, boolean>
  created_at: Date
}

export interface BulkItemTable {
  collection_id: string
  position: number
  /** What stands once in a collection, such as the user of an extension. */
  key: string | null
  object: Json<Record<string, unknown>>
}

export interface BulkResultTable {
  job_id: string
  position: number
  is_successful: boolean
  result: Json<Record<string, unknown>>
}

export interface BulkOperationTables {
  bulk_collection: BulkCollectionTable
  bulk_item: BulkItemTable
  bulk_result: BulkResultTable
}

import type { ColumnType } from 'kysely'
import type { Json } from '../schema.ts'

export interface SipTrunkTable {
  id: string
  partition_id: string
  account_id: string | null
  kind: string
  name: string
  settings: Json<Record<string, unknown>>
  forward_rules: ColumnType<Record<string, unknown>, string | undefined, string>
  locked_out: ColumnType<boolean, boolean | undefined, boolean>
  created_at: Date
  updated_at: Date
}

export interface SipTrunkTables {
  sip_trunk: SipTrunkTable
}

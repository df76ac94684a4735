import type { Generated } from 'kysely'
import type { Json } from '../schema.ts'

export interface AccountObjectTable {
  partition_id: string
  account_id: string
  type: string
  id: string
  name: string
  /** null for kinds with a table of their own. */
  attributes: Json<Record<string, unknown>> | null
  version: Generated<string>
  created_at: Date
  updated_at: Date
}

export interface AccountObjectReferenceTable {
  account_id: string
  from_type: string
  from_id: string
  role: string
  position: number
  to_type: string
  to_id: string
}

export interface AccountObjectKeyTable {
  account_id: string
  key: string
  value: string
  type: string
  id: string
}

export interface AccountObjectTables {
  account_object: AccountObjectTable
  account_object_reference: AccountObjectReferenceTable
  account_object_key: AccountObjectKeyTable
}

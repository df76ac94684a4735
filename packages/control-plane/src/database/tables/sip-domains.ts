import type { ColumnType } from 'kysely'
import type { Json } from '../schema.ts'

export interface SipDomainTable {
  id: string
  partition_id: string
  account_id: string | null
  /** Lower case, without the dot of the root. */
  name: string
  type: string
  status: string
  ssl_enabled: boolean
  settings: Json<Record<string, unknown>>
  verification: string
  verification_token: string
  verified_by: string | null
  verified_at: Date | null
  checked_at: Date | null
  next_check_at: Date | null
  check_error: string | null
  points_here: ColumnType<boolean, boolean | undefined, boolean>
  certificate: string | null
  private_key_sealed: string | null
  certificate_expires_at: Date | null
  certificate_warned_days: number | null
  created_at: Date
  updated_at: Date
}

export interface SipDomainTables {
  sip_domain: SipDomainTable
}

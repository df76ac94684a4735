import type { ColumnType, Selectable } from 'kysely'

export interface FraudGuardTable {
  /** The account's id, or the partition's. */
  scope_id: string
  partition_id: string
  account_id: string | null
  /** null: those of the partition count, and only the trip is noted. */
  settings: ColumnType<StoredGuardSettings | null, string | null, string | null>
  tripped_at: ColumnType<Date | null, Date | null | undefined, Date | null>
  tripped_reason: ColumnType<string | null, string | null | undefined, string | null>
  updated_at: Date
}

export interface StoredGuardSettings {
  readonly maxConcurrentCalls?: number
  readonly maxCallsPerMinute?: number
  readonly maxSpendPerDay?: string
  readonly highRiskPrefixes?: readonly string[]
  readonly endsRunningCalls?: boolean
  readonly notifyEmails?: readonly string[]
}

export type FraudGuardRow = Selectable<FraudGuardTable>

export interface FraudGuardTables {
  fraud_guard: FraudGuardTable
}

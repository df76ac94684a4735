import type { ColumnType } from 'kysely'

export interface SwitchMemoryTables {
  switch_memory: {
    kind: string
    key: string
    account_id: string
    value: ColumnType<Record<string, unknown>, string, string>
    noted_at: Date
  }
}

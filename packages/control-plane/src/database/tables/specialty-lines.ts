export interface SpecialtyLineTable {
  id: string
  partition_id: string
  account_id: string
  name: string
  caller_id: string
  emergency_number: string
  created_at: Date
  updated_at: Date
}

export interface SpecialtyLineTables {
  specialty_line: SpecialtyLineTable
}

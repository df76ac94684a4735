export interface UserSoftphoneTable {
  user_id: string
  /** Null: switched off. */
  line_id: string | null
  partition_id: string
  account_id: string
  created_at: Date
}

export interface UserSoftphoneTables {
  user_softphone: UserSoftphoneTable
}

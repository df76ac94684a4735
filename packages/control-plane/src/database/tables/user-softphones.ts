export interface UserSoftphoneTable {
  user_id: string
  /** Null: switched off. */
  line_id: string | null
  partition_id: string
  account_id: string
  created_at: Date
}

/** Users who had their plan before plans brought the app. */
export interface SoftphoneToApplyTable {
  user_id: string
}

export interface UserSoftphoneTables {
  user_softphone: UserSoftphoneTable
  softphone_to_apply: SoftphoneToApplyTable
}

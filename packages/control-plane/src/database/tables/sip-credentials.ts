/** The login of everything that registers or sends digest credentials: lines of every kind and trunks (C-51). */
export interface SipCredentialTable {
  /** Exactly as the phone sends it; unique on the platform. */
  sip_username: string
  /** The line or trunk: what the switch calls `lineId`. */
  owner_id: string
  owner_type: string
  partition_id: string
  /** Trunks of a partition belong to no account. */
  account_id: string | null
  /** Sealed for `owner_id`. What a registrar compares with is computed from it, so that nothing in the database lets a stranger register. */
  sip_password_sealed: string
  /** When a phone first registered with it; null: never (C-47). */
  first_registered_at: Date | null
  created_at: Date
  updated_at: Date
}

export interface SipCredentialTables {
  sip_credential: SipCredentialTable
}

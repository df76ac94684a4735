export interface IdempotencyKeyTable {
  /** Who used it: two users never meet under one key. */
  owner: string
  key: string
  fingerprint: string
  answer_sealed: string
  expires_at: Date
}

export interface IdempotencyKeyTables {
  idempotency_key: IdempotencyKeyTable
}

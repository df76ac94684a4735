export interface RoutingHistoryTables {
  /** States of the routing of accounts that are over. */
  routing_state: {
    account_id: string
    valid_until: Date
    /** null: for as long as states are kept. */
    valid_from: Date | null
    /** How the content is written. */
    format: number
    content_sealed: string
    /** When what followed was changed before it stood long enough to be kept: since when the next one holds that did. */
    next_kept_from: Date | null
  }
  /** One row: since when states are kept. */
  routing_history_start: {
    is_only: boolean
    kept_since: Date
  }
}

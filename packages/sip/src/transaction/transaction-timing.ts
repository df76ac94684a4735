/** RFC 3261 table 4 (17.1.1.1): round-trip estimate, longest interval between retransmissions, longest life of a message in the network. */
export interface TransactionTiming {
  readonly t1Ms: number
  readonly t2Ms: number
  readonly t4Ms: number
}

export const DEFAULT_TIMING: TransactionTiming = { t1Ms: 500, t2Ms: 4000, t4Ms: 5000 }

/** How a transaction runs; the same for its whole life. */
export interface TransactionOptions {
  /** TCP and its like: nothing is retransmitted and nobody waits for retransmissions. */
  readonly reliable: boolean
  readonly timing: TransactionTiming
}

/** 64*T1, the life of an unanswered transaction: timers B, F, H, J, L, M; also D, which RFC 3261 wants to be at least 32 s. */
export function transactionLifetimeMs(options: TransactionOptions): number {
  return 64 * options.timing.t1Ms
}

/** How the stack is doing when a request outside of dialogs arrives. */
export interface Load {
  readonly transactions: number
  readonly maxTransactions: number
  /** How late the event loop is. */
  readonly loopDelayMs: number
  readonly maxLoopDelayMs: number
}

/**
 * Whether what is new has to wait (RFC 3261 21.5.4). Refusing costs one stateless answer; a request that is served late costs
 * its repetitions on top, so it is better to refuse early.
 */
export function isOverloaded(load: Load): boolean {
  return load.transactions >= load.maxTransactions || load.loopDelayMs > load.maxLoopDelayMs
}

/** Even what is urgent needs memory: like requests in dialogs it is served up to twice the limit. */
export function mayServeUrgent(load: Load): boolean {
  return load.transactions < 2 * load.maxTransactions
}

const SHORTEST_RETRY_SECONDS = 5
const RETRY_SPREAD_SECONDS = 30

/**
 * When to come back: spread, so that ten thousand phones refused in one second do not return in one (RFC 3261 20.33).
 * @param random from 0 to just below 1
 */
export function retryAfterSeconds(random: number): number {
  return SHORTEST_RETRY_SECONDS + Math.floor(random * (RETRY_SPREAD_SECONDS + 1))
}

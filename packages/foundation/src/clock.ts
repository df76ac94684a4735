/** Where every other package gets the time from, so that tests and replays can pass their own. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  nowMs(): number
}

/** The clock the tenants' world lives by; it may run ahead of the one that times calls. */
export interface BusinessClock extends Clock {
  /** By how much; absent or 0 when both are the same. */
  readonly aheadMs?: number
}

export const systemClock: Clock = { nowMs: () => Date.now() }

/**
 * A clock that runs ahead of another by an offset that can grow: the platform's business clock
 * (reservations, cooldown, tokens), which the sandbox may advance without touching SIP timers.
 */
export class AdvancingClock implements BusinessClock {
  #offsetMs = 0
  readonly #source: Clock

  constructor(source: Clock) {
    this.#source = source
  }

  nowMs(): number {
    return this.#source.nowMs() + this.#offsetMs
  }

  get aheadMs(): number {
    return this.#offsetMs
  }

  /** @param durationMs how far to move ahead; negative values are ignored, this clock never goes back. */
  advance(durationMs: number): void {
    this.#offsetMs += Math.max(0, durationMs)
  }
}

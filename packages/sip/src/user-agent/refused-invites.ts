import type { Clock } from '@dialtone/foundation'

/** Half of the 32 s in which copies of an INVITE may come (RFC 3261 17.1.1.2, timer B). */
const GENERATION_MS = 16_000
/** As many in half of that time as a thousand a second; beyond it the oldest are forgotten. */
const MOST_IN_A_GENERATION = 20_000

/**
 * INVITEs refused without a transaction, by their transaction key. Under load a copy waits behind the one that was refused:
 * were it served once the load is gone, a phone would ring for a caller that has been told 503.
 */
export class RefusedInvites {
  readonly #clock: Clock
  #present = new Set<string>()
  #past = new Set<string>()
  #turnsAtMs: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#turnsAtMs = clock.nowMs() + GENERATION_MS
  }

  add(key: string): void {
    this.#turn()
    this.#present.add(key)
  }

  has(key: string): boolean {
    if (this.#present.size === 0 && this.#past.size === 0) return false
    this.#turn()
    return this.#present.has(key) || this.#past.has(key)
  }

  #turn(): void {
    const nowMs = this.#clock.nowMs()
    if (nowMs < this.#turnsAtMs && this.#present.size < MOST_IN_A_GENERATION) return
    // Nothing for longer than both generations: neither holds anything of use.
    this.#past = nowMs >= this.#turnsAtMs + GENERATION_MS ? new Set() : this.#present
    this.#present = new Set()
    this.#turnsAtMs = nowMs + GENERATION_MS
  }
}

import type { Clock } from '@dialtone/foundation'
import { countedAs } from '../transport/index.ts'

/** Sources remembered within one second; beyond, every new one is let through rather than remembered. */
const MAX_SOURCES = 100_000

/** Counts what comes from each address, or /64 of IPv6, within a second. */
export class RateLimit {
  readonly #clock: Clock
  readonly #perSecond: number
  readonly #counts = new Map<string, number>()
  #second = 0

  /** @param perSecond undefined: no limit */
  constructor(clock: Clock, perSecond: number | undefined) {
    this.#clock = clock
    this.#perSecond = perSecond ?? Number.POSITIVE_INFINITY
  }

  /** @returns false when the address has had its share of this second */
  take(address: string): boolean {
    if (this.#perSecond === Number.POSITIVE_INFINITY) return true
    const second = Math.floor(this.#clock.nowMs() / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#counts.clear()
    }
    const source = countedAs(address)
    const count = (this.#counts.get(source) ?? 0) + 1
    if (this.#counts.size < MAX_SOURCES || count > 1) this.#counts.set(source, count)
    return count <= this.#perSecond
  }
}

import type { Clock } from '@dialtone/foundation'

interface Counter {
  count: number
  readonly endsAtMs: number
}

const MAX_COUNTERS = 50_000

/** Counts what went wrong by key within a window of time; the counters are bounded, the oldest goes first. */
export class GuessLimit {
  readonly #counters = new Map<string, Counter>()
  readonly #clock: Clock
  readonly #most: number
  readonly #windowMs: number

  constructor(clock: Clock, o: { readonly most: number; readonly windowMs: number }) {
    this.#clock = clock
    this.#most = o.most
    this.#windowMs = o.windowMs
  }

  /** @returns how long to wait, in seconds; 0: go ahead. */
  waitSeconds(key: string): number {
    const counter = this.#living(key)
    return counter === undefined || counter.count < this.#most ? 0 : Math.max(1, Math.ceil((counter.endsAtMs - this.#clock.nowMs()) / 1000))
  }

  note(key: string): void {
    const counter = this.#living(key)
    if (counter !== undefined) counter.count++
    else {
      if (this.#counters.size >= MAX_COUNTERS) this.#counters.delete(this.#counters.keys().next().value ?? '')
      this.#counters.set(key, { count: 1, endsAtMs: this.#clock.nowMs() + this.#windowMs })
    }
  }

  /** It was no guess after all. */
  forgive(key: string): void {
    const counter = this.#living(key)
    if (counter !== undefined && counter.count > 0) counter.count--
  }

  #living(key: string): Counter | undefined {
    const counter = this.#counters.get(key)
    const leftMs = (counter?.endsAtMs ?? 0) - this.#clock.nowMs()
    // More than a window is left when the clock was set back: nobody waits until it is there again.
    if (counter === undefined || (leftMs > 0 && leftMs <= this.#windowMs)) return counter
    this.#counters.delete(key)
    return undefined
  }
}

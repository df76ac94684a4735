import type { Clock, Timer, Timers } from '@dialtone/foundation'

const TICK_MS = 50

/**
 * How late the event loop keeps being, found out by a timer that should fire every 50 ms: after a block timers come before what
 * waits in the sockets. The smaller of two delays in a row is what counts (as RFC 8289 3.1 watches a queue by its least delay): a
 * machine that stood still once has caught up as soon as what waited is served, and refusing that would lose every call that
 * arrived meanwhile. It runs only while requests arrive: a stack with nothing to do has no timers.
 */
export class LoopDelay {
  readonly #clock: Clock
  readonly #timers: Timers
  #timer: Timer | undefined
  #dueAtMs = 0
  #lastDelayMs = 0
  #standingDelayMs = 0
  #heard = false

  constructor(clock: Clock, timers: Timers) {
    this.#clock = clock
    this.#timers = timers
  }

  /** A request has arrived. @returns by how many milliseconds the loop was late twice in a row, 0 when it is not known to be */
  measure(): number {
    if (this.#timer === undefined) this.#start()
    this.#heard = true
    return this.#standingDelayMs
  }

  #start(): void {
    this.#heard = false
    this.#dueAtMs = this.#clock.nowMs() + TICK_MS
    this.#timer = this.#timers.start(TICK_MS, () => this.#tick())
  }

  #tick(): void {
    this.#timer = undefined
    const delayMs = this.#clock.nowMs() - this.#dueAtMs
    this.#standingDelayMs = Math.min(delayMs, this.#lastDelayMs)
    this.#lastDelayMs = delayMs
    if (this.#heard) this.#start()
    else this.#lastDelayMs = this.#standingDelayMs = 0
  }
}

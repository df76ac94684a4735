import type { Clock, Timer, Timers } from '@dialtone/foundation'

const TICK_MS = 50

/**
 * How late the event loop is, found out by a timer that should fire every 50 ms: after a block timers come before what waits in
 * the sockets. It runs only while requests arrive: a stack with nothing to do has no timers.
 */
export class LoopDelay {
  readonly #clock: Clock
  readonly #timers: Timers
  #timer: Timer | undefined
  #dueAtMs = 0
  #lastDelayMs = 0
  #heard = false

  constructor(clock: Clock, timers: Timers) {
    this.#clock = clock
    this.#timers = timers
  }

  /** A request has arrived. @returns by how many milliseconds the loop is late, 0 when it is not known to be */
  measure(): number {
    if (this.#timer === undefined) this.#start()
    this.#heard = true
    return this.#lastDelayMs
  }

  #start(): void {
    this.#heard = false
    this.#dueAtMs = this.#clock.nowMs() + TICK_MS
    this.#timer = this.#timers.start(TICK_MS, () => this.#tick())
  }

  #tick(): void {
    this.#timer = undefined
    this.#lastDelayMs = this.#clock.nowMs() - this.#dueAtMs
    if (this.#heard) this.#start()
    else this.#lastDelayMs = 0
  }
}

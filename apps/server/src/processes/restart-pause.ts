import { systemTimers, type Timer } from '@dialtone/foundation'

const FIRST_MS = 100
const LONGEST_MS = 30_000
/** Who lived so long has not died at the start. */
const LONG_LIFE_MS = 60_000

/** How long to wait before something that died is started again: longer each time, until it has lived a while. */
export class RestartPause {
  #delayMs = FIRST_MS
  #lastStartMs = Number.NEGATIVE_INFINITY
  #timer: Timer | undefined

  /** @returns in how many milliseconds `restart` will be called */
  start(nowMs: number, restart: () => void): number {
    if (nowMs - this.#lastStartMs > LONG_LIFE_MS) this.#delayMs = FIRST_MS
    const delayMs = this.#delayMs
    this.#delayMs = Math.min(LONGEST_MS, delayMs * 2)
    this.#lastStartMs = nowMs + delayMs
    this.#timer = systemTimers.start(delayMs, restart)
    return delayMs
  }

  cancel(): void {
    this.#timer?.cancel()
  }
}

import type { Timer, Timers } from '@dialtone/foundation'

/** Counts the timers that run, so that a leak is a number somebody can look at. */
export class TimersInUse implements Timers {
  readonly #timers: Timers
  #count = 0

  constructor(timers: Timers) {
    this.#timers = timers
  }

  get count(): number {
    return this.#count
  }

  start(delayMs: number, callback: () => void): Timer {
    let running = true
    this.#count++
    const end = (): boolean => {
      const was = running
      if (was) this.#count--
      running = false
      return was
    }
    const timer = this.#timers.start(delayMs, () => {
      if (end()) callback()
    })
    return {
      cancel: () => {
        end()
        timer.cancel()
      },
    }
  }
}

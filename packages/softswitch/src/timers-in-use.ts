import type { Timer, Timers } from '@dialtone/foundation'

/** Counts the timers that run, so that a leak is a number somebody can look at. */
export class TimersInUse implements Timers {
  readonly #timers: Timers
  readonly #counter = { count: 0 }

  constructor(timers: Timers) {
    this.#timers = timers
  }

  get count(): number {
    return this.#counter.count
  }

  start(delayMs: number, callback: () => void): Timer {
    const counted = new CountedTimer(this.#counter, callback)
    counted.timer = this.#timers.start(delayMs, () => counted.fire())
    return counted
  }
}

class CountedTimer implements Timer {
  readonly #counter: { count: number }
  /** Undefined when it does not run any more. */
  #callback: (() => void) | undefined
  timer: Timer | undefined

  constructor(counter: { count: number }, callback: () => void) {
    this.#counter = counter
    this.#callback = callback
    counter.count++
  }

  fire(): void {
    const callback = this.#callback
    if (this.#end()) callback?.()
  }

  cancel(): void {
    if (this.#end()) this.timer?.cancel()
  }

  /** @returns false when it had ended before */
  #end(): boolean {
    if (this.#callback === undefined) return false
    this.#callback = undefined
    this.#counter.count--
    return true
  }
}

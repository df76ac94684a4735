import type { Clock } from './clock.ts'
import type { Timer, Timers } from './timers.ts'

interface Entry {
  readonly dueMs: number
  readonly order: number
  callback: (() => void) | undefined
}

/** Virtual time for tests, simulation and replay: nothing happens until `advance` is called. */
export class ManualTime implements Clock, Timers {
  #nowMs: number
  #order = 0
  #entries: Entry[] = []

  constructor(startMs = 1_700_000_000_000) {
    this.#nowMs = startMs
  }

  nowMs(): number {
    return this.#nowMs
  }

  /** Timers started and neither fired nor cancelled: a leak check for tests. */
  get pendingTimers(): number {
    return this.#entries.filter((entry) => entry.callback !== undefined).length
  }

  start(delayMs: number, callback: () => void): Timer {
    const entry: Entry = { dueMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, callback }
    this.#entries.push(entry)
    return {
      cancel: () => {
        entry.callback = undefined
      },
    }
  }

  /** Moves time forward and fires what falls due, in order; timers started on the way fire too. */
  advance(durationMs: number): void {
    const endMs = this.#nowMs + durationMs
    for (;;) {
      const next = this.#nextDue(endMs)
      if (next === undefined) break
      this.#nowMs = Math.max(this.#nowMs, next.dueMs)
      const callback = next.callback
      next.callback = undefined
      this.#entries = this.#entries.filter((entry) => entry.callback !== undefined)
      callback?.()
    }
    this.#nowMs = endMs
  }

  #nextDue(endMs: number): Entry | undefined {
    let found: Entry | undefined
    for (const entry of this.#entries) {
      if (entry.callback === undefined || entry.dueMs > endMs) continue
      if (found === undefined || entry.dueMs < found.dueMs || (entry.dueMs === found.dueMs && entry.order < found.order)) found = entry
    }
    return found
  }
}

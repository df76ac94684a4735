import type { Clock, Timer, Timers } from '@dialtone/foundation'

interface Entry {
  readonly dueMs: number
  readonly order: number
  callback: (() => void) | undefined
}

/** More happenings than that in one run are a loop, not a busy hour. */
const MOST_CALLBACKS = 400_000

/** Time that goes on only when nothing is left to do: a whole day of a switch in a few milliseconds, the same way every time. */
export class VirtualTime implements Clock, Timers {
  #nowMs = 1_700_000_000_000
  #order = 0
  #fired = 0
  /** A binary heap: the first falls due next. */
  readonly #heap: Entry[] = []
  #pending = 0

  nowMs(): number {
    return this.#nowMs
  }

  /** Callbacks since the start. */
  get fired(): number {
    return this.#fired
  }

  /** Started and neither fired nor cancelled. */
  get pending(): number {
    return this.#pending
  }

  start(delayMs: number, callback: () => void): Timer {
    const entry: Entry = { dueMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, callback }
    this.#pending++
    this.#push(entry)
    return {
      cancel: () => {
        if (entry.callback !== undefined) this.#pending--
        entry.callback = undefined
      },
    }
  }

  /** Lets so much time pass; what promises bring about happens before the next timer fires. @throws when it never comes to rest */
  async run(durationMs: number): Promise<void> {
    const endMs = this.#nowMs + durationMs
    await settled()
    for (let next = this.#heap[0]; next !== undefined && next.dueMs <= endMs; next = this.#heap[0]) {
      this.#pop()
      const { callback } = next
      if (callback === undefined) continue
      next.callback = undefined
      this.#pending--
      this.#nowMs = Math.max(this.#nowMs, next.dueMs)
      if (++this.#fired > MOST_CALLBACKS) throw new Error(`still busy after ${MOST_CALLBACKS} callbacks: a loop`)
      callback()
      await settled()
    }
    this.#nowMs = endMs
  }

  #push(entry: Entry): void {
    const heap = this.#heap
    let at = heap.push(entry) - 1
    while (at > 0) {
      const parentAt = (at - 1) >> 1
      const parent = heap[parentAt]
      if (parent === undefined || isBefore(parent, entry)) break
      heap[at] = parent
      at = parentAt
    }
    heap[at] = entry
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let at = 0
    for (;;) {
      const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]]
      const child = right !== undefined && left !== undefined && isBefore(right, left) ? right : left
      if (child === undefined || isBefore(last, child)) break
      heap[at] = child
      at = child === left ? 2 * at + 1 : 2 * at + 2
    }
    heap[at] = last
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.order < other.order)
}

/** Every promise that can go on has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

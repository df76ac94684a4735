import type { Clock } from './clock.ts'
import type { Timer, Timers } from './timers.ts'

const TICK_MS = 10
const SLOTS = 4096

/** A timer started; its own handle. */
class Entry implements Timer {
  readonly dueTick: number
  readonly #wheel: { live: number }
  callback: (() => void) | undefined

  constructor(dueTick: number, callback: () => void, wheel: { live: number }) {
    this.dueTick = dueTick
    this.callback = callback
    this.#wheel = wheel
  }

  cancel(): void {
    if (this.callback === undefined) return
    this.callback = undefined
    this.#wheel.live--
  }
}

/**
 * Many short timers at a low price: a hashed wheel with 10 ms ticks. A SIP server starts two or three
 * timers a transaction and cancels nearly all of them; here both cost a few machine operations.
 * A timer never fires early; it may fire up to one tick late.
 */
export class TimerWheel implements Timers {
  readonly #slots: Entry[][] = Array.from({ length: SLOTS }, () => [])
  readonly #clock: Clock
  readonly #originMs: number
  #tick = 0
  /** Timers started and neither fired nor cancelled. */
  readonly #count = { live: 0 }
  #handle: ReturnType<typeof setTimeout> | undefined

  constructor(clock: Clock) {
    this.#clock = clock
    this.#originMs = clock.nowMs()
  }

  /** Timers started and neither fired nor cancelled. */
  get size(): number {
    return this.#count.live
  }

  start(delayMs: number, callback: () => void): Timer {
    const dueMs = this.#clock.nowMs() - this.#originMs + Math.max(0, delayMs)
    const entry = new Entry(Math.max(this.#tick + 1, Math.ceil(dueMs / TICK_MS)), callback, this.#count)
    this.#slots[entry.dueTick % SLOTS]?.push(entry)
    this.#count.live++
    this.#arm()
    return entry
  }

  /** Drops every timer without firing it. */
  stop(): void {
    for (const slot of this.#slots) slot.length = 0
    this.#count.live = 0
    clearTimeout(this.#handle)
    this.#handle = undefined
  }

  #arm(): void {
    if (this.#handle !== undefined || this.#count.live === 0) return
    this.#handle = setTimeout(() => {
      this.#handle = undefined
      this.#turn()
      this.#arm()
    }, TICK_MS)
    this.#handle.unref()
  }

  #turn(): void {
    const target = Math.floor((this.#clock.nowMs() - this.#originMs) / TICK_MS)
    // After a long pause one turn around the wheel visits every slot; a second one would find nothing new.
    this.#tick = Math.max(this.#tick, target - SLOTS)
    while (this.#tick < target) {
      this.#tick++
      this.#fire(this.#tick)
    }
  }

  #fire(tick: number): void {
    const slot = this.#slots[tick % SLOTS]
    if (slot === undefined || slot.length === 0) return
    const due: Entry[] = []
    let kept = 0
    for (const entry of slot) {
      if (entry.callback === undefined) continue
      if (entry.dueTick <= tick) due.push(entry)
      else slot[kept++] = entry
    }
    slot.length = kept
    for (const entry of due) {
      const callback = entry.callback
      if (callback === undefined) continue
      entry.callback = undefined
      this.#count.live--
      callback()
    }
  }
}

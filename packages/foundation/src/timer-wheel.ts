import type { Clock } from './clock.ts'
import type { Timer, Timers } from './timers.ts'

const TICK_MS = 10
const SLOTS = 4096

/** The timers of all ticks, each tick's in the order they were started. */
class Slots {
  readonly first: (Entry | undefined)[] = Array.from({ length: SLOTS }, () => undefined)
  readonly #last: (Entry | undefined)[] = Array.from({ length: SLOTS }, () => undefined)
  /** Timers started and neither fired nor cancelled. */
  live = 0

  add(entry: Entry): void {
    const slot = entry.dueTick % SLOTS
    const last = this.#last[slot]
    entry.previous = last
    if (last === undefined) this.first[slot] = entry
    else last.next = entry
    this.#last[slot] = entry
    this.live++
  }

  /** Leaves nothing behind: nearly all timers are cancelled long before their tick comes, and would be kept until then. */
  remove(entry: Entry): void {
    const { previous, next, dueTick } = entry
    if (previous === undefined) this.first[dueTick % SLOTS] = next
    else previous.next = next
    if (next === undefined) this.#last[dueTick % SLOTS] = previous
    else next.previous = previous
    entry.previous = entry.next = undefined
    this.live--
  }

  /** Nobody's handle may reach into the slots any more. */
  clear(): void {
    for (const first of this.first) for (let entry = first; entry !== undefined; entry = entry.next) entry.callback = undefined
    this.first.fill(undefined)
    this.#last.fill(undefined)
    this.live = 0
  }
}

/** A timer started; its own handle. */
class Entry implements Timer {
  readonly dueTick: number
  readonly #slots: Slots
  callback: (() => void) | undefined
  previous: Entry | undefined = undefined
  next: Entry | undefined = undefined

  constructor(dueTick: number, callback: () => void, slots: Slots) {
    this.dueTick = dueTick
    this.callback = callback
    this.#slots = slots
  }

  cancel(): void {
    if (this.callback === undefined) return
    this.callback = undefined
    this.#slots.remove(this)
  }
}

/**
 * Many short timers at a low price: a hashed wheel with 10 ms ticks. A SIP server starts two or three
 * timers a transaction and cancels nearly all of them; here both cost a few machine operations.
 * A timer never fires early; it may fire up to one tick late.
 */
export class TimerWheel implements Timers {
  readonly #slots = new Slots()
  readonly #clock: Clock
  readonly #originMs: number
  #tick = 0
  #handle: ReturnType<typeof setTimeout> | undefined

  constructor(clock: Clock) {
    this.#clock = clock
    this.#originMs = clock.nowMs()
  }

  /** Timers started and neither fired nor cancelled. */
  get size(): number {
    return this.#slots.live
  }

  start(delayMs: number, callback: () => void): Timer {
    const dueMs = this.#clock.nowMs() - this.#originMs + Math.max(0, delayMs)
    const entry = new Entry(Math.max(this.#tick + 1, Math.ceil(dueMs / TICK_MS)), callback, this.#slots)
    this.#slots.add(entry)
    this.#arm()
    return entry
  }

  /** Drops every timer without firing it. */
  stop(): void {
    this.#slots.clear()
    clearTimeout(this.#handle)
    this.#handle = undefined
  }

  #arm(): void {
    if (this.#handle !== undefined || this.#slots.live === 0) return
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
    let due: Entry[] | undefined
    for (let entry = this.#slots.first[tick % SLOTS]; entry !== undefined; entry = entry.next) {
      if (entry.dueTick <= tick) (due ??= []).push(entry)
    }
    if (due === undefined) return
    for (const entry of due) {
      const { callback } = entry
      // One that fired before it has cancelled it.
      if (callback === undefined) continue
      entry.cancel()
      callback()
    }
  }
}

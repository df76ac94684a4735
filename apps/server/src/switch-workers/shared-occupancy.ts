import type { OccupancyBoard } from '@dialtone/softswitch'

/** Each id has a cell in each of so many rows; the smallest of them is its count. */
const ROWS = 4
const CELLS = 131_072
const TURN_INTS = 1
/**
 * Whoever has the turn is done in parts of a millisecond, unless the machine takes its processor away: that lasts some time slices of the scheduler.
 * One that died with it is cleared away; should one ever hold on to it alive, calls are more than limits.
 */
const TURN_LIMIT_MS = 100

/** What all switches of a process share; the main thread makes it and clears what a dead one left. */
export function occupancyMemory(count: number): SharedArrayBuffer {
  return new SharedArrayBuffer(TURN_INTS * Int32Array.BYTES_PER_ELEMENT + count * ROWS * CELLS * Uint16Array.BYTES_PER_ELEMENT)
}

/** The calls of a thread that has ended are over. */
export function clearOccupancy(memory: SharedArrayBuffer, place: number): void {
  rowsOf(memory, place).fill(0)
  const turn = turnOf(memory)
  if (Atomics.compareExchange(turn, 0, place + 1, 0) === place + 1) Atomics.notify(turn, 0)
}

/**
 * Calls at lines, trunks and carriers, of all threads, in memory they share: one of them reads in a microsecond what a message would tell it too late.
 * Counted as in a count-min sketch (Cormode, Muthukrishnan 2005), for ids come and go in all threads at once: with 4,000 places busy in a thread one in
 * a million counts is too high, and none is ever too low. Each thread writes its own cells alone.
 */
export class SharedOccupancy implements OccupancyBoard {
  readonly #place: number
  readonly #turn: Int32Array
  readonly #own: Uint16Array
  readonly #others: readonly Uint16Array[]
  #hasTurn = false

  constructor(memory: SharedArrayBuffer, place: number, count: number) {
    this.#place = place
    this.#turn = turnOf(memory)
    this.#own = rowsOf(memory, place)
    this.#others = Array.from({ length: count }, (_, at) => at)
      .filter((at) => at !== place)
      .map((at) => rowsOf(memory, at))
  }

  count(id: string, change: 1 | -1): void {
    for (const cell of cellsOf(id)) Atomics.add(this.#own, cell, change)
  }

  callsElsewhere(id: string): number {
    const cells = cellsOf(id)
    return this.#others.reduce((sum, rows) => sum + Math.min(...cells.map((cell) => Atomics.load(rows, cell))), 0)
  }

  /** Waits for the other threads, each for the time of one decision, and no longer than `TURN_LIMIT_MS`: then it goes on without. */
  takeTurn(): void {
    if (this.#hasTurn) return
    const untilMs = performance.now() + TURN_LIMIT_MS
    for (;;) {
      const holder = Atomics.compareExchange(this.#turn, 0, 0, this.#place + 1)
      if (holder === 0) {
        this.#hasTurn = true
        return
      }
      const leftMs = untilMs - performance.now()
      if (leftMs <= 0) return
      Atomics.wait(this.#turn, 0, holder, leftMs)
    }
  }

  endTurn(): void {
    if (!this.#hasTurn) return
    this.#hasTurn = false
    Atomics.compareExchange(this.#turn, 0, this.#place + 1, 0)
    Atomics.notify(this.#turn, 0, 1)
  }
}

function turnOf(memory: SharedArrayBuffer): Int32Array {
  return new Int32Array(memory, 0, TURN_INTS)
}

function rowsOf(memory: SharedArrayBuffer, place: number): Uint16Array {
  const start = TURN_INTS * Int32Array.BYTES_PER_ELEMENT + place * ROWS * CELLS * Uint16Array.BYTES_PER_ELEMENT
  return new Uint16Array(memory, start, ROWS * CELLS)
}

/** One in each row, by double hashing of two FNV-1a hashes. */
function cellsOf(id: string): readonly number[] {
  let [one, other] = [0x811c9dc5, 0x01000193]
  for (let index = 0; index < id.length; index++) {
    const code = id.charCodeAt(index)
    one = Math.imul(one ^ code, 0x01000193)
    other = Math.imul(other ^ code, 0x85ebca6b)
  }
  one ^= one >>> 15
  other = (other ^ (other >>> 13)) | 1
  return ROW_NUMBERS.map((row) => row * CELLS + (((one + Math.imul(row, other)) >>> 0) % CELLS))
}

const ROW_NUMBERS = Array.from({ length: ROWS }, (_, row) => row)

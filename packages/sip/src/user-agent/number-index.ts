import { randomInt } from 'node:crypto'

const FIRST_SLOTS = 64
/** A slot: the number, and its place plus one; 0: it is free. */
const SLOT = 2

/**
 * Places by a number of 32 bits: open addressing, a slot of two numbers behind the other (Knuth, The Art of Computer Programming 6.4,
 * algorithms L and R). Among a hundred thousand that is one look into memory that is not in the caches, where a `Map` takes three, and a
 * message is looked for up to six times. It never takes less room than at its fullest.
 */
export class NumberIndex {
  #slots = new Int32Array(FIRST_SLOTS * SLOT)
  #mask = FIRST_SLOTS - 1
  /** A secret, so that nobody can choose numbers that lie side by side. */
  readonly #factor = randomInt(2 ** 31) * 2 + 1
  size = 0

  /** @returns -1: there is none */
  get(number: number): number {
    return (this.#slots[this.#find(number) + 1] ?? 0) - 1
  }

  /** @param place not negative */
  set(number: number, place: number): void {
    const slot = this.#find(number)
    if (this.#slots[slot + 1] === 0) {
      this.size++
      if (this.size * 2 > this.#mask) return this.#grow(number, place)
    }
    this.#slots[slot] = number
    this.#slots[slot + 1] = place + 1
  }

  delete(number: number): void {
    const slots = this.#slots
    let hole = this.#find(number)
    if (slots[hole + 1] === 0) return
    this.size--
    const end = this.#mask * SLOT + 1
    // What lies behind and would not be found over a hole moves into it.
    for (let slot = (hole + SLOT) & end; slots[slot + 1] !== 0; slot = (slot + SLOT) & end) {
      const moved = slots[slot] ?? 0
      if (((slot - this.#home(moved)) & end) < ((slot - hole) & end)) continue
      slots[hole] = moved
      slots[hole + 1] = slots[slot + 1] ?? 0
      hole = slot
    }
    slots[hole + 1] = 0
  }

  clear(): void {
    this.#slots.fill(0)
    this.size = 0
  }

  /** Where the number is, or the free slot where it would be: at most every other one is taken. */
  #find(number: number): number {
    const slots = this.#slots
    const end = this.#mask * SLOT + 1
    let slot = this.#home(number)
    while (slots[slot + 1] !== 0 && slots[slot] !== number) slot = (slot + SLOT) & end
    return slot
  }

  /** The upper half of the product has something of every bit. */
  #home(number: number): number {
    const product = Math.imul(number, this.#factor)
    return ((product ^ (product >>> 15)) & this.#mask) * SLOT
  }

  #grow(number: number, place: number): void {
    const before = this.#slots
    this.#mask = this.#mask * 2 + 1
    this.#slots = new Int32Array((this.#mask + 1) * SLOT)
    this.size = 0
    for (let slot = 0; slot < before.length; slot += SLOT) {
      const taken = before[slot + 1] ?? 0
      if (taken > 0) this.set(before[slot] ?? 0, taken - 1)
    }
    this.set(number, place)
  }
}

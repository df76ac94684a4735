/** A first-in first-out queue that says no when it is full, instead of growing. */
export class BoundedQueue<Item> {
  readonly #items: Item[] = []
  readonly #capacity: number
  #head = 0

  /** @param capacity how many items may wait. */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get size(): number {
    return this.#items.length - this.#head
  }

  /** @returns false when the queue is full; the item was not taken. */
  push(item: Item): boolean {
    if (this.size >= this.#capacity) return false
    this.#items.push(item)
    return true
  }

  shift(): Item | undefined {
    if (this.size === 0) return undefined
    const item = this.#items[this.#head++]
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items.splice(0, this.#head)
      this.#head = 0
    }
    return item
  }
}

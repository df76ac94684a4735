/** The newest items, oldest first; when it is full the oldest goes. */
export class RecentList<Item> {
  readonly #capacity: number
  #items: Item[] = []

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  add(item: Item): void {
    this.#items.push(item)
    // Cut only now and then: cutting one at a time would move all the others for each new one.
    if (this.#items.length >= this.#capacity * 2) this.#items = this.#items.slice(-this.#capacity)
  }

  values(): readonly Item[] {
    return this.#items.slice(-this.#capacity)
  }
}

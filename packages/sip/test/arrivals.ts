/** What arrives one by one, for a test that waits for the next without sleeping. */
export class Arrivals<Item> {
  readonly #items: Item[] = []
  readonly #waiting: ((item: Item) => void)[] = []

  push(item: Item): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#items.push(item)
    else next(item)
  }

  /** The oldest item not taken yet; waits for it. */
  next(): Promise<Item> {
    const item = this.#items.shift()
    if (item !== undefined) return Promise.resolve(item)
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Takes what is here already. */
  takeAll(): readonly Item[] {
    return this.#items.splice(0)
  }
}

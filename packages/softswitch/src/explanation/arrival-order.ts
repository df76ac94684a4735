/** Passed-over and taken ids that may lie in the list before it is made anew. */
const SLACK = 1024

/**
 * Ids in the order they came. An id that is not known any more is passed over: who forgets one need not look for it here. (The first
 * key of a `Map` that loses its first keys all the time is found behind all the holes they leave.)
 */
export class ArrivalOrder {
  #ids: string[] = []
  #head = 0
  readonly #isKnown: (id: string) => boolean

  constructor(isKnown: (id: string) => boolean) {
    this.#isKnown = isKnown
  }

  /** @param known how many of the ids are known, about */
  add(id: string, known: number): void {
    this.#ids.push(id)
    if (this.#ids.length <= 2 * known + SLACK) return
    this.#ids = this.known()
    this.#head = 0
  }

  takeFirst(): string | undefined {
    while (this.#head < this.#ids.length) {
      const id = this.#ids[this.#head++]
      if (id !== undefined && this.#isKnown(id)) return id
    }
    return undefined
  }

  /** Oldest first. */
  known(): string[] {
    return this.#ids.slice(this.#head).filter(this.#isKnown)
  }
}

import { BoundedQueue } from '@dialtone/foundation'

/**
 * So many pieces of work at once, so many that wait in line, and no more: after a power cut the phones share the database with everybody
 * else, and one that would wait longer than it has patience comes again later.
 */
export class ServingPlaces {
  readonly #atOnce: number
  readonly #line: BoundedQueue<() => void>
  #taken = 0

  constructor(o: { readonly atOnce: number; readonly inLine: number }) {
    this.#atOnce = o.atOnce
    this.#line = new BoundedQueue(o.inLine)
  }

  /** @returns undefined: the line is full, and nothing was done. Rejects as the work does. */
  async use<Value>(work: () => Promise<Value>): Promise<Value | undefined> {
    if (this.#taken < this.#atOnce) this.#taken++
    else {
      const turn = Promise.withResolvers<undefined>()
      if (!this.#line.push(() => turn.resolve(undefined))) return undefined
      // The place of whoever is done: it was never free in between.
      await turn.promise
    }
    try {
      return await work()
    } finally {
      const next = this.#line.shift()
      if (next === undefined) this.#taken--
      else next()
    }
  }
}

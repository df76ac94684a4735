import { BoundedQueue } from '@dialtone/foundation'

export interface ServingPlacesOptions {
  readonly atOnce: number
  readonly inLine: number
  /** Default: the clock of the process that never goes back. */
  readonly nowMs?: () => number
}

/** Before there is a measure. */
const FIRST_WORK_MS = 40
/** How much the last piece of work says about the next ones. */
const NEWEST_SHARE = 0.05

/**
 * So many pieces of work at once, so many that wait in line, and no more: after a power cut the phones share the database with everybody
 * else, and one that would wait longer than it has patience comes again later.
 */
export class ServingPlaces {
  readonly #atOnce: number
  readonly #line: BoundedQueue<() => void>
  readonly #nowMs: () => number
  #taken = 0
  /** What a piece of work takes, as it was of late. */
  #workMs = FIRST_WORK_MS
  /** When all who were sent away could have been served. */
  #clearAtMs = 0

  constructor({ atOnce, inLine, nowMs = () => performance.now() }: ServingPlacesOptions) {
    this.#atOnce = atOnce
    this.#line = new BoundedQueue(inLine)
    this.#nowMs = nowMs
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
    const beganMs = this.#nowMs()
    try {
      return await work()
    } finally {
      this.#workMs += NEWEST_SHARE * (this.#nowMs() - beganMs - this.#workMs)
      const next = this.#line.shift()
      if (next === undefined) this.#taken--
      else next()
    }
  }

  /**
   * Somebody is sent away, who will come again for a piece of work; those who are sent away twice count twice, and make up for those who have more to ask.
   * @returns the time in which all who were sent away can be served, in milliseconds from now
   */
  sendAway(): number {
    const nowMs = this.#nowMs()
    this.#clearAtMs = Math.max(this.#clearAtMs, nowMs) + this.#workMs / this.#atOnce
    return this.#clearAtMs - nowMs
  }
}

/** A pair in rest: since when. */
interface RestingPair {
  readonly port: number
  readonly sinceMs: number
}

/**
 * The RTP ports that may be given out: each even port with the odd one after it for RTCP (RFC 3550 section 11). A released
 * pair rests before it is given out again, so that late packets of one call never reach the next. Time is passed in.
 */
export class PortPool {
  readonly #cooldownMs: number
  readonly #free: number[] = []
  readonly #resting: RestingPair[] = []
  readonly #taken = new Set<number>()

  /** @param random from 0 to 1: the order in which ports are first given out should not be guessable. */
  constructor(options: { readonly first: number; readonly last: number; readonly cooldownMs: number; readonly random: () => number }) {
    this.#cooldownMs = options.cooldownMs
    const first = options.first + (options.first % 2)
    for (let port = first; port + 1 <= options.last; port += 2) {
      const position = Math.floor(options.random() * (this.#free.length + 1))
      const moved = this.#free[position]
      if (moved !== undefined) this.#free.push(moved)
      this.#free[position] = port
    }
  }

  get pairsInUse(): number {
    return this.#taken.size
  }

  /** Pairs that `take` could give out at `nowMs`. */
  pairsFree(nowMs: number): number {
    this.#wake(nowMs)
    return this.#free.length
  }

  /** The RTP port of the pair that has been free the longest, or undefined when none is left. */
  take(nowMs: number): number | undefined {
    this.#wake(nowMs)
    const port = this.#free.shift()
    if (port !== undefined) this.#taken.add(port)
    return port
  }

  /** Gives a pair back that was never used: it needs no rest. */
  putBack(port: number): void {
    if (this.#taken.delete(port)) this.#free.unshift(port)
  }

  /** Gives a pair back, or puts one aside that another process holds; a port that was not taken is ignored. */
  release(port: number, nowMs: number): void {
    if (this.#taken.delete(port)) this.#resting.push({ port, sinceMs: nowMs })
  }

  #wake(nowMs: number): void {
    // A clock that was set back must not keep ports out for longer than the cooldown.
    const due = this.#resting.findIndex(({ sinceMs }) => nowMs - sinceMs < this.#cooldownMs && nowMs >= sinceMs)
    const woken = this.#resting.splice(0, due === -1 ? this.#resting.length : due)
    for (const { port } of woken) this.#free.push(port)
  }
}

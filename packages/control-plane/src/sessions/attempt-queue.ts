const AT_ONCE = 4
const MAX_WAITING = 64

interface Line {
  running: number
  readonly waiting: (() => void)[]
}

/** Lets few attempts of one kind run at once, the others wait: guesses sent all together count one after the other. */
export class AttemptQueue {
  readonly #lines = new Map<string, Line>()

  /** @returns undefined when too many wait already. */
  async run<Value>(key: string, work: () => Promise<Value>): Promise<Value | undefined> {
    const line = this.#lines.get(key) ?? { running: 0, waiting: [] }
    this.#lines.set(key, line)
    if (line.running >= AT_ONCE) {
      if (line.waiting.length >= MAX_WAITING) return undefined
      await new Promise<void>((resolve) => line.waiting.push(resolve))
    } else line.running++
    try {
      return await work()
    } finally {
      // Whoever waits takes the place over; without one it is free, and an empty line is forgotten.
      const next = line.waiting.shift()
      if (next === undefined) line.running--
      else next()
      if (line.running === 0) this.#lines.delete(key)
    }
  }
}

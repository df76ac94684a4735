import type { Clock } from '@dialtone/foundation'

interface Waiting {
  readonly sinceMs: number
  isRinging: boolean
}

/** Where a caller stands: 1 is the first. */
export interface QueuePlace {
  readonly place: number
  readonly waitedMs: number
  /** An agent may be rung for it: everybody before it has one ringing already. */
  readonly isNext: boolean
}

/** A line as others see it. */
export interface QueueLength {
  readonly waiting: number
  /** Since when the first one waits, in ms since 1970. */
  readonly oldestSinceMs: number | undefined
}

/** One caller's hold on a line. */
export interface QueueSpot {
  readonly queueId: string
  look(): QueuePlace
  ringing(isRinging: boolean): void
  leave(): void
}

/** Who waits in which queue, first come first served. In memory: who waits is on the line, and gone with it. */
export class QueueBoard {
  readonly #clock: Clock
  readonly #lines = new Map<string, Waiting[]>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @returns undefined when there is no room */
  join(queueId: string, maxCallers: number): QueueSpot | undefined {
    const line = this.#lines.get(queueId) ?? []
    if (line.length >= maxCallers) return undefined
    this.#lines.set(queueId, line)
    const waiting: Waiting = { sinceMs: this.#clock.nowMs(), isRinging: false }
    line.push(waiting)
    return {
      queueId,
      look: () => {
        const index = line.indexOf(waiting)
        const isNext = index >= 0 && line.slice(0, index).every((before) => before.isRinging)
        return { place: index + 1, waitedMs: this.#clock.nowMs() - waiting.sinceMs, isNext }
      },
      ringing: (isRinging) => void (waiting.isRinging = isRinging),
      leave: () => {
        const index = line.indexOf(waiting)
        if (index >= 0) line.splice(index, 1)
        if (line.length === 0 && this.#lines.get(queueId) === line) this.#lines.delete(queueId)
      },
    }
  }

  lengthOf(queueId: string): QueueLength {
    const line = this.#lines.get(queueId)
    return { waiting: line?.length ?? 0, oldestSinceMs: line?.[0]?.sinceMs }
  }
}

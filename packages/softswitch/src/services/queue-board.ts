import type { CallerIdentity } from '@dialtone/call-routing'
import type { Clock } from '@dialtone/foundation'

/** Somebody who has hung up and keeps his place: whom to call when it is his turn. */
export interface QueueCallback {
  readonly accountId: string
  readonly caller: CallerIdentity
  /** What he had called. */
  readonly calledNumber: string
  /** What an agent's line dials to reach him. */
  readonly dialed: string
}

interface Waiting {
  readonly sinceMs: number
  isRinging: boolean
  callback?: QueueCallback
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
  /** Places of those who have hung up, to be called back. */
  readonly callbacks: number
}

/** One caller's hold on a line. */
export interface QueueSpot {
  readonly queueId: string
  look(): QueuePlace
  ringing(isRinging: boolean): void
  /** The caller hangs up; the place stays. */
  keepFor(callback: QueueCallback): void
  leave(): void
}

/** A place that is kept. */
export interface KeptPlace extends Pick<QueueSpot, 'queueId' | 'look' | 'ringing' | 'leave'> {
  readonly callback: QueueCallback
  readonly isRinging: boolean
}

/** Who waits in which queue, first come first served. In memory: who waits is on the line, and gone with it; so are, after a restart, those to be called back. */
export class QueueBoard {
  readonly #clock: Clock
  readonly #lines = new Map<string, Waiting[]>()
  #whenKept: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * @param callerNumber who is to be called back and calls again is not called back any more, and has its place again
   * @returns undefined when there is no room
   */
  join(queueId: string, maxCallers: number, callerNumber = ''): QueueSpot | undefined {
    const line = this.#lines.get(queueId) ?? []
    const kept = line.findIndex(({ callback, isRinging }) => callback !== undefined && !isRinging && callback.caller.number === callerNumber)
    if (kept < 0 && line.length >= maxCallers) return undefined
    this.#lines.set(queueId, line)
    const waiting: Waiting = { sinceMs: this.#clock.nowMs(), isRinging: false }
    if (kept < 0 || callerNumber === '') line.push(waiting)
    else line[kept] = waiting
    return {
      queueId,
      look: () => this.#look(line, waiting),
      ringing: (isRinging) => void (waiting.isRinging = isRinging),
      keepFor: (callback) => {
        if (!line.includes(waiting)) return
        waiting.isRinging = false
        waiting.callback = callback
        this.#whenKept?.()
      },
      leave: () => {
        if (waiting.callback === undefined) this.#leave(queueId, line, waiting)
      },
    }
  }

  /** Told when somebody is to be called back. */
  whenKept(handler: () => void): void {
    this.#whenKept = handler
  }

  /** Everybody who is to be called back, the first of each queue first. */
  keptPlaces(): readonly KeptPlace[] {
    return [...this.#lines].flatMap(([queueId, line]) =>
      line.flatMap((waiting): KeptPlace[] => {
        const { callback, isRinging } = waiting
        if (callback === undefined) return []
        const ringing = (is: boolean): void => void (waiting.isRinging = is)
        return [{ queueId, callback, isRinging, look: () => this.#look(line, waiting), ringing, leave: () => this.#leave(queueId, line, waiting) }]
      }),
    )
  }

  lengthOf(queueId: string): QueueLength {
    const line = this.#lines.get(queueId) ?? []
    const onTheLine = line.filter(({ callback }) => callback === undefined)
    const oldestSinceMs = onTheLine.length === 0 ? undefined : Math.min(...onTheLine.map(({ sinceMs }) => sinceMs))
    return { waiting: onTheLine.length, oldestSinceMs, callbacks: line.length - onTheLine.length }
  }

  #look(line: readonly Waiting[], waiting: Waiting): QueuePlace {
    const index = line.indexOf(waiting)
    const isNext = index >= 0 && line.slice(0, index).every((before) => before.isRinging)
    return { place: index + 1, waitedMs: this.#clock.nowMs() - waiting.sinceMs, isNext }
  }

  #leave(queueId: string, line: Waiting[], waiting: Waiting): void {
    const index = line.indexOf(waiting)
    if (index >= 0) line.splice(index, 1)
    if (line.length === 0 && this.#lines.get(queueId) === line) this.#lines.delete(queueId)
  }
}

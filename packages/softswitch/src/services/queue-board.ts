import type { CallerIdentity } from '@dialtone/call-routing'
import { type Clock, randomToken } from '@dialtone/foundation'
import type { RememberedFact, SwitchMemory } from '../ports/switch-memory.ts'

/** Somebody who has hung up and keeps his place: whom to call when it is his turn. */
export interface QueueCallback {
  readonly accountId: string
  readonly caller: CallerIdentity
  /** What he had called. */
  readonly calledNumber: string
  /** What an agent's line dials to reach him. */
  readonly dialed: string
  /** What was tried; left out: nothing yet. */
  readonly attempts?: CallbackAttempts
}

export interface CallbackAttempts {
  /** Calls to him that he did not answer. */
  readonly made: number
  /** When the next one may begin, in ms since 1970. */
  readonly notBeforeMs: number
}

interface Waiting {
  readonly sinceMs: number
  isRinging: boolean
  /** It has called again while an agent was being rung for it. */
  isLastTry?: true
  whenNext?: () => void
  /** With the key it is remembered by. */
  kept?: { readonly key: string; readonly callback: QueueCallback }
}

const PLACE_KEY_BYTES = 12

/** Where a caller stands: 1 is the first. */
export interface QueuePlace {
  readonly place: number
  readonly waitedMs: number
  /** An agent may be rung for it: everybody before it has one ringing already, or is not to be called back yet. */
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
  /** Told when somebody before has left, or is being rung for, and it is its turn now. */
  whenNext(handler: () => void): void
  /** The caller hangs up; the place stays. */
  keepFor(callback: QueueCallback): void
  leave(): void
}

/** A place that is kept. */
export interface KeptPlace extends Pick<QueueSpot, 'queueId' | 'look' | 'ringing' | 'leave'> {
  readonly callback: QueueCallback
  readonly isRinging: boolean
  /** Remembered with the place. */
  tried(attempts: CallbackAttempts): void
}

/** Who waits in which queue, first come first served. Who waits is on the line, and gone with it; those to be called back are kept over a restart. */
export class QueueBoard {
  readonly #clock: Clock
  readonly #lines = new Map<string, Waiting[]>()
  readonly #memory: Pick<SwitchMemory, 'save'>
  #whenKept: (() => void) | undefined

  constructor(clock: Clock, memory: Pick<SwitchMemory, 'save'>) {
    this.#clock = clock
    this.#memory = memory
  }

  /** Places that an earlier run kept: those who came first stand first. */
  recall(facts: readonly RememberedFact[]): void {
    const places = facts.flatMap((fact) => (fact.kind === 'kept-place' ? [{ key: fact.key, ...fact.value }] : []))
    for (const { key, queueId, sinceMs, callback } of places.toSorted((one, other) => one.sinceMs - other.sinceMs)) {
      const line = this.#lines.get(queueId) ?? []
      this.#lines.set(queueId, line)
      line.push({ sinceMs, isRinging: false, kept: { key, callback } })
    }
    if (places.length > 0) this.#whenKept?.()
  }

  /**
   * @param callerNumber who is to be called back and calls again is not called back any more, and has its place again; while an agent is rung for it, the one
   * behind that
   * @returns undefined when there is no room
   */
  join(queueId: string, maxCallers: number, callerNumber = ''): QueueSpot | undefined {
    const line = this.#lines.get(queueId) ?? []
    const kept = callerNumber === '' ? -1 : line.findIndex((waiting) => waiting.kept?.callback.caller.number === callerNumber)
    if (kept < 0 && line.length >= maxCallers) return undefined
    this.#lines.set(queueId, line)
    const waiting: Waiting = { sinceMs: this.#clock.nowMs(), isRinging: false }
    const before = line[kept]
    if (before === undefined) line.push(waiting)
    else if (before.isRinging) {
      before.isLastTry = true
      line.splice(kept + 1, 0, waiting)
    } else {
      line[kept] = waiting
      this.#forget(before)
    }
    return {
      queueId,
      look: () => this.#look(line, waiting),
      ringing: (isRinging) => {
        waiting.isRinging = isRinging
        if (isRinging) this.#tellNext(line, line.indexOf(waiting))
      },
      whenNext: (handler) => void (waiting.whenNext = handler),
      keepFor: (callback) => {
        if (!line.includes(waiting)) return
        waiting.isRinging = false
        delete waiting.whenNext
        this.#keep(queueId, waiting, callback)
      },
      leave: () => {
        if (waiting.kept === undefined) this.#leave(queueId, line, waiting)
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
        const { kept, isRinging } = waiting
        if (kept === undefined) return []
        const { callback } = kept
        const ringing = (is: boolean): void => void (waiting.isRinging = is)
        const tried = (attempts: CallbackAttempts): void => {
          if (!line.includes(waiting)) return
          if (waiting.isLastTry === true) this.#leave(queueId, line, waiting)
          else this.#remember(queueId, waiting, { key: kept.key, callback: { ...callback, attempts } })
        }
        return [{ queueId, callback, isRinging, look: () => this.#look(line, waiting), ringing, tried, leave: () => this.#leave(queueId, line, waiting) }]
      }),
    )
  }

  lengthOf(queueId: string): QueueLength {
    const line = this.#lines.get(queueId) ?? []
    const onTheLine = line.filter(({ kept }) => kept === undefined)
    const oldestSinceMs = onTheLine.length === 0 ? undefined : Math.min(...onTheLine.map(({ sinceMs }) => sinceMs))
    return { waiting: onTheLine.length, oldestSinceMs, callbacks: line.length - onTheLine.length }
  }

  #look(line: readonly Waiting[], waiting: Waiting): QueuePlace {
    const index = line.indexOf(waiting)
    const nowMs = this.#clock.nowMs()
    const isNext = index >= 0 && line.slice(0, index).every((before) => isPassed(before, nowMs))
    return { place: index + 1, waitedMs: nowMs - waiting.sinceMs, isNext }
  }

  #keep(queueId: string, waiting: Waiting, callback: QueueCallback): void {
    this.#remember(queueId, waiting, { key: randomToken(PLACE_KEY_BYTES), callback })
    this.#whenKept?.()
  }

  #remember(queueId: string, waiting: Waiting, kept: NonNullable<Waiting['kept']>): void {
    waiting.kept = kept
    const { key, callback } = kept
    const { accountId } = callback
    this.#memory.save({ type: 'remember', fact: { kind: 'kept-place', key, accountId, value: { queueId, sinceMs: waiting.sinceMs, callback } } })
  }

  #forget({ kept }: Waiting): void {
    if (kept !== undefined) this.#memory.save({ type: 'forget', kind: 'kept-place', key: kept.key })
  }

  #leave(queueId: string, line: Waiting[], waiting: Waiting): void {
    this.#forget(waiting)
    const index = line.indexOf(waiting)
    if (index >= 0) line.splice(index, 1)
    if (index >= 0) this.#tellNext(line, index)
    if (line.length === 0 && this.#lines.get(queueId) === line) this.#lines.delete(queueId)
  }

  /** @param from where somebody has gone, or is being rung for: nothing has changed for those before */
  #tellNext(line: readonly Waiting[], from: number): void {
    const nowMs = this.#clock.nowMs()
    const next = line.findIndex((waiting) => !isPassed(waiting, nowMs))
    if (next >= from) line[next]?.whenNext?.()
  }
}

/** An agent is being rung for it, or it is to be called back later: those behind go first meanwhile. */
function isPassed({ isRinging, kept }: Waiting, nowMs: number): boolean {
  return isRinging || (kept?.callback.attempts?.notBeforeMs ?? 0) > nowMs
}

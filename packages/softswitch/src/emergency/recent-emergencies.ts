import { CALLBACK_WINDOW_MS } from '@dialtone/call-routing'
import type { E164 } from '@dialtone/numbering'

const MOST_NUMBERS = 10_000
const MOST_LINES = 8

interface Caller {
  readonly lineId: string
  readonly atMs: number
}

/** Who has dialed 911 lately, by the number the PSAP calls back: in memory, so that it holds whatever the database does. */
export class RecentEmergencies {
  /** Oldest first. */
  readonly #callers = new Map<E164, readonly Caller[]>()

  note(callbackNumber: E164, lineId: string, atMs: number): void {
    const others = (this.#callers.get(callbackNumber) ?? []).filter((caller) => caller.lineId !== lineId && isRecent(caller, atMs))
    this.#callers.delete(callbackNumber)
    this.#callers.set(callbackNumber, [{ lineId, atMs }, ...others].slice(0, MOST_LINES))
    for (const [number, [newest]] of this.#callers) {
      if (this.#callers.size <= MOST_NUMBERS && newest !== undefined && isRecent(newest, atMs)) break
      this.#callers.delete(number)
    }
  }

  /** The lines that may be called back on this number now, the last one first. */
  linesOf(callbackNumber: E164, nowMs: number): readonly string[] {
    const callers = this.#callers.get(callbackNumber)
    return callers === undefined ? [] : callers.filter((caller) => isRecent(caller, nowMs)).map(({ lineId }) => lineId)
  }

  get size(): number {
    return this.#callers.size
  }
}

function isRecent({ atMs }: Caller, nowMs: number): boolean {
  return nowMs - atMs < CALLBACK_WINDOW_MS
}

import { CALLBACK_WINDOW_MS } from '@dialtone/call-routing'
import type { E164 } from '@dialtone/numbering'
import type { RemoteAddress } from '@dialtone/sip'

const MOST_NUMBERS = 10_000
const MOST_LINES = 8

/** Where a call came from: the contact of its INVITE. */
export interface CallerPlace {
  readonly contactUri: string
  readonly receivedFrom: RemoteAddress
}

interface Caller {
  readonly lineId: string
  readonly atMs: number
  readonly place: CallerPlace | undefined
}

/** Who has dialed 911 lately, by the number the PSAP calls back: in memory, so that it holds whatever the database does. */
export class RecentEmergencies {
  /** Oldest first. */
  readonly #callers = new Map<E164, readonly Caller[]>()

  /** @param place how to reach the phone where it is not registered; one that may not register calls 911 all the same */
  note(callbackNumber: E164, lineId: string, atMs: number, place?: CallerPlace): void {
    const others = (this.#callers.get(callbackNumber) ?? []).filter((caller) => caller.lineId !== lineId && isRecent(caller, atMs))
    this.#callers.delete(callbackNumber)
    this.#callers.set(callbackNumber, [{ lineId, atMs, place }, ...others].slice(0, MOST_LINES))
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

  /** Where the line was when it called. */
  placeOf(callbackNumber: E164, lineId: string): CallerPlace | undefined {
    return this.#callers.get(callbackNumber)?.find((caller) => caller.lineId === lineId)?.place
  }

  get size(): number {
    return this.#callers.size
  }
}

function isRecent({ atMs }: Caller, nowMs: number): boolean {
  return nowMs - atMs < CALLBACK_WINDOW_MS
}

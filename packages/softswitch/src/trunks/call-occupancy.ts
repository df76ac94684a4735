import { TurnoverMap } from '@dialtone/foundation'
import type { CallState } from '../calls/state/call-state.ts'

interface Seen {
  readonly legs: CallState['legs']
  readonly callerLeg: CallState['callerLeg']
  readonly guests: CallState['transfer']['guests']
  /** Lines, trunks and carriers that take part, each once. */
  readonly places: readonly string[]
}

/**
 * How many calls go on at each line, trunk and carrier, in both directions: a call counts from its first INVITE to the last word
 * its caller gets. Kept up by what every call tells of its changes; most changes touch nobody's place and cost one look.
 */
export class CallOccupancy {
  readonly #seen = new TurnoverMap<string, Seen>()
  readonly #counts = new Map<string, number>()

  observe(state: CallState): void {
    const { sessionId, legs, callerLeg } = state
    const { guests } = state.transfer
    const before = this.#seen.get(sessionId)
    if (state.phase === 'over') {
      if (before === undefined) return
      this.#seen.delete(sessionId)
      return this.#replace(before.places, [])
    }
    if (before !== undefined && before.legs === legs && before.callerLeg === callerLeg && before.guests === guests) return
    const places = placesOf(state)
    this.#seen.set(sessionId, { legs, callerLeg, guests, places })
    this.#replace(before?.places ?? [], places)
  }

  /** Calls at a line, trunk or carrier, by its id, without the one that asks. */
  callsAt(id: string, exceptSessionId: string): number {
    const own = this.#seen.get(exceptSessionId)?.places.includes(id) === true ? 1 : 0
    return (this.#counts.get(id) ?? 0) - own
  }

  /** Lines, trunks and carriers with calls now. */
  get size(): number {
    return this.#counts.size
  }

  #replace(before: readonly string[], after: readonly string[]): void {
    for (const id of after) if (!before.includes(id)) this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1)
    for (const id of before) {
      if (after.includes(id)) continue
      const left = (this.#counts.get(id) ?? 0) - 1
      if (left > 0) this.#counts.set(id, left)
      else this.#counts.delete(id)
    }
  }
}

/** A list, as a call has few: each id once. */
function placesOf({ origin, transfer, callerLeg, legs }: CallState): readonly string[] {
  const places: string[] = []
  const take = (id: string | undefined): void => {
    if (id !== undefined && !places.includes(id)) places.push(id)
  }
  const { caller, callee } = transfer.guests
  if (callerLeg !== 'over' && caller === undefined) take(origin.kind === 'line' ? origin.lineId : origin.carrierId)
  take(caller?.party.lineId)
  take(callee?.party.lineId)
  for (const { phase, plan } of legs) if (phase !== 'over' && phase !== 'cancelling') take(plan.lineId ?? plan.carrierId)
  return places
}

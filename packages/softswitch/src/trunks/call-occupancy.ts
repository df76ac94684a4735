import { TurnoverMap } from '@dialtone/foundation'
import type { CallState } from '../calls/state/call-state.ts'
import { NO_OTHER_SWITCH } from '../ports/occupancy-board.ts'
import type { OccupancyBoard } from '../ports/occupancy-board.ts'

/**
 * How many calls go on at each line, trunk and carrier, in both directions: a call counts from its first INVITE to the last word
 * its caller gets. Kept up by what every call tells of its changes; most changes touch nobody's place and cost one look.
 */
export class CallOccupancy {
  /** Lines, trunks and carriers that take part in a call, each once. */
  readonly #placesOf = new TurnoverMap<string, readonly string[]>()
  readonly #counts = new Map<string, number>()
  readonly #board: Pick<OccupancyBoard, 'count' | 'callsElsewhere'>

  constructor(board: Pick<OccupancyBoard, 'count' | 'callsElsewhere'> = NO_OTHER_SWITCH) {
    this.#board = board
  }

  /** @param before the call as it was when it was seen last; undefined: it is new */
  observe(state: CallState, before: CallState | undefined): void {
    if (before !== undefined && isAsBefore(state, before)) return
    const { sessionId } = state
    const places = state.phase === 'over' ? NOWHERE : placesOf(state)
    this.#replace(this.#placesOf.get(sessionId) ?? NOWHERE, places)
    if (places.length === 0) this.#placesOf.delete(sessionId)
    else this.#placesOf.set(sessionId, places)
  }

  /** Calls of all switches at a line, trunk or carrier, by its id, without the one that asks. */
  callsAt(id: string, exceptSessionId: string): number {
    const own = this.#placesOf.get(exceptSessionId)?.includes(id) === true ? 1 : 0
    return this.callsHere(id) - own + this.#board.callsElsewhere(id)
  }

  /** Those of this switch. */
  callsHere(id: string): number {
    return this.#counts.get(id) ?? 0
  }

  /** Lines, trunks and carriers with calls now. */
  get size(): number {
    return this.#counts.size
  }

  #replace(before: readonly string[], after: readonly string[]): void {
    for (const id of after) {
      if (before.includes(id)) continue
      this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1)
      this.#board.count(id, 1)
    }
    for (const id of before) {
      if (after.includes(id)) continue
      this.#board.count(id, -1)
      const left = (this.#counts.get(id) ?? 0) - 1
      if (left > 0) this.#counts.set(id, left)
      else this.#counts.delete(id)
    }
  }
}

const NOWHERE: readonly string[] = []

/** Nothing has changed that could move a call to another place. */
function isAsBefore({ phase, legs, callerLeg, transfer, awaitsAuthorization }: CallState, before: CallState): boolean {
  return (
    before.awaitsAuthorization === awaitsAuthorization &&
    before.legs === legs &&
    before.callerLeg === callerLeg &&
    before.phase === phase &&
    before.transfer.guests === transfer.guests
  )
}

/** A list, as a call has few: each id once. */
function placesOf({ origin, transfer, callerLeg, legs, awaitsAuthorization }: CallState): readonly string[] {
  const places: string[] = []
  const take = (id: string | undefined): void => {
    if (id !== undefined && !places.includes(id)) places.push(id)
  }
  const { caller, callee } = transfer.guests
  if (callerLeg !== 'over' && caller === undefined) take(origin.kind === 'line' ? origin.lineId : origin.carrierId)
  take(caller?.party.lineId)
  take(callee?.party.lineId)
  for (const { phase, plan } of legs) if (phase !== 'over' && phase !== 'cancelling') take(plan.lineId ?? plan.carrierId)
  // While whoever pays is asked, its place at the carrier is nobody else's.
  for (const plan of awaitsAuthorization?.plans ?? []) take(plan.carrierId)
  return places
}

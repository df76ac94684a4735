import { TurnoverMap } from '@dialtone/foundation'
import type { CallState } from '../calls/state/call-state.ts'
import { NO_OTHER_SWITCH } from '../ports/occupancy-board.ts'
import type { OccupancyBoard } from '../ports/occupancy-board.ts'

/**
 * How many calls go on at each line, trunk and carrier, in both directions: a call counts from its first INVITE to the last word
 * its caller gets, and twice where it comes from and goes to the same one. Kept up by what every call tells of its changes; most
 * changes touch nobody's place and cost one look.
 */
export class CallOccupancy {
  readonly #placesOf = new TurnoverMap<string, Places>()
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
    if (places === NOWHERE) this.#placesOf.delete(sessionId)
    else this.#placesOf.set(sessionId, places)
  }

  /** Calls of all switches at a line, trunk or carrier, by its id, without the one that asks. */
  callsAt(id: string, exceptSessionId: string): number {
    const { caller, called } = this.#placesOf.get(exceptSessionId) ?? NOWHERE
    const own = (caller === id ? 1 : 0) + (called.includes(id) ? 1 : 0)
    return this.callsHere(id) - own + this.#board.callsElsewhere(id)
  }

  /** The line has a call to 911 or from there, in whichever switch, besides the one that asks. */
  isCallingForHelp(lineId: string, exceptSessionId: string): boolean {
    return this.callsAt(helpOf(lineId), exceptSessionId) > 0
  }

  /** Those of this switch. */
  callsHere(id: string): number {
    return this.#counts.get(id) ?? 0
  }

  /** Lines, trunks and carriers with calls now. */
  get size(): number {
    return this.#counts.size
  }

  #replace(before: Places, after: Places): void {
    const moved = before.caller !== after.caller
    if (moved) this.#add(after.caller)
    for (const id of after.called) if (!before.called.includes(id)) this.#add(id)
    if (moved) this.#remove(before.caller)
    for (const id of before.called) if (!after.called.includes(id)) this.#remove(id)
  }

  #add(id: string | undefined): void {
    if (id === undefined) return
    this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1)
    this.#board.count(id, 1)
  }

  #remove(id: string | undefined): void {
    if (id === undefined) return
    this.#board.count(id, -1)
    const left = (this.#counts.get(id) ?? 0) - 1
    if (left > 0) this.#counts.set(id, left)
    else this.#counts.delete(id)
  }
}

/** Lines, trunks and carriers that take part in a call: one on the caller's side, and on the other each once. */
interface Places {
  readonly caller: string | undefined
  readonly called: readonly string[]
}

/** As `decideCallback` names it. */
const CALLBACK_TARGET = 'callback:'
const NOWHERE: Places = { caller: undefined, called: [] }

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

/** Counted beside the line itself. */
function helpOf(lineId: string): string {
  return `help:${lineId}`
}

function placesOf({ origin, transfer, callerLeg, legs, awaitsAuthorization, emergency, attempt }: CallState): Places {
  const called: string[] = []
  const take = (id: string | undefined): void => {
    if (id !== undefined && !called.includes(id)) called.push(id)
  }
  const { caller, callee } = transfer.guests
  take(callee?.party.lineId)
  for (const { phase, plan } of legs) if (phase !== 'over' && phase !== 'cancelling') take(plan.lineId ?? plan.carrierId)
  if (emergency?.service === '911' && origin.kind === 'line') take(helpOf(origin.lineId))
  const isCalledBack = attempt?.place.target.startsWith(CALLBACK_TARGET) === true
  for (const { phase, plan } of legs) if (isCalledBack && plan.lineId !== undefined && phase !== 'over' && phase !== 'cancelling') take(helpOf(plan.lineId))
  // While whoever pays is asked, its place at the carrier is nobody else's.
  for (const plan of awaitsAuthorization?.plans ?? []) take(plan.carrierId)
  if (caller !== undefined) return { caller: caller.party.lineId, called }
  return { caller: callerLeg === 'over' ? undefined : origin.kind === 'line' ? origin.lineId : origin.carrierId, called }
}

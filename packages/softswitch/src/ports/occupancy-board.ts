/**
 * Where several switches of the same lines, trunks and carriers see each other's calls, so that a carrier's call paths are those of all of them
 * together. Asked on the way of every call: it answers at once.
 */
export interface OccupancyBoard {
  /** One call more, or less, of this switch at a line, trunk or carrier. */
  count(id: string, change: 1 | -1): void
  /** Calls the other switches have there. */
  callsElsewhere(id: string): number
  /** From here on no other switch decides where a call goes, until the calls of this one are counted. */
  takeTurn(): void
  endTurn(): void
}

/** There is one switch. */
export const NO_OTHER_SWITCH: OccupancyBoard = { count: () => undefined, callsElsewhere: () => 0, takeTurn: () => undefined, endTurn: () => undefined }

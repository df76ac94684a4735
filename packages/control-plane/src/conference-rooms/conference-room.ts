/** A room behind an extension where callers talk to each other. */
export interface ConferenceRoom {
  readonly name: string
  readonly extension: string | undefined
  /** Digits a caller presses to come in: known to all who take part, so it is shown to who manages the room. Undefined: everybody may. */
  readonly pin: string | undefined
  readonly maxParties: number
  /** A tone tells that somebody comes or leaves. */
  readonly entryTone: boolean
}

export const DEFAULT_PARTIES = 10
export const MAX_PARTIES = 32

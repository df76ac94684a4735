/** A call that is there already, and how somebody else's INVITE gets into it. */
export type TakenCall =
  /** Parked: whoever fetches it talks to who waits. */
  | { readonly how: 'retrieve'; readonly sessionId: string }
  /** It rings at that leg: whoever picks it up has answered it. */
  | { readonly how: 'pickup'; readonly sessionId: string; readonly legId: string }
  /** Its user talks at another phone, and goes on at this one. */
  | { readonly how: 'pull'; readonly sessionId: string; readonly side: OtherCall['side'] }

/** What goes on in the account that another phone may have to do with; the switch tells it, per account. */
export interface CallsOfAccount {
  /** The call that waits at a spot. */
  parkedAt(accountId: string, spotId: string): { readonly sessionId: string } | undefined
  /** The call the line has besides the one that asks, if its other party can be sent on: the one on hold rather than another. */
  otherCallOf(lineId: string): OtherCall | undefined
  /** What rings at one of the lines, the one that began first. */
  ringingAt(lineIds: readonly string[]): RingingCall | undefined
  /** The call that somebody talks in at one of the lines, if another phone can take it over now. */
  talkAt(lineIds: readonly string[]): OtherCall | undefined
  /** Who has called the phones last. */
  lastCallerOf(lineIds: readonly string[]): LastCaller | undefined
}

export interface RingingCall {
  readonly sessionId: string
  readonly legId: string
  readonly lineId: string
}

export interface LastCaller {
  readonly number: string
  readonly anonymous: boolean
  readonly sessionId: string
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly atMs: number
}

export interface OtherCall {
  readonly sessionId: string
  /** Where the line is in it. */
  readonly side: 'caller' | 'callee'
}

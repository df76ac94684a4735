import type { E164 } from '@dialtone/numbering'

/** What a partition lets its phones dial besides numbers (public-spec section 12): star codes, and short numbers of its own. */
export interface DialPlanRule {
  /** What is dialed first; `x` is any digit. */
  readonly mask: string
  /** One of the 48 action types. */
  readonly action: string
  /** Digits after the mask; undefined: as many as the action has use for. */
  readonly minEnding: number | undefined
  readonly maxEnding: number | undefined
  /** What a call goes to. */
  readonly callNumber: string | undefined
  /** What is dialed instead: digits, and `{ending}`, `{areacode}`. */
  readonly macro: string | undefined
  /** How the caller shows in this call, when not as ever. */
  readonly callerId: 'hidden' | 'shown' | undefined
  /** The number the caller shows in this call; it has to be one of the account. */
  readonly callerNumber: E164 | undefined
  /** Whoever calls with it wants no second call meanwhile. */
  readonly disablesCallWaiting?: boolean | undefined
}

/** Such a rule, and what was dialed after its mask. */
export interface MatchedRule {
  readonly rule: DialPlanRule
  readonly ending: string
}

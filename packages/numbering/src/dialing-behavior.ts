/** How the users of an account dial (S1-34). */
export type DialingBehavior =
  | 'SEVEN_DIGIT'
  | 'TEN_DIGIT'
  | 'OPEN_DIAL_PLAN'
  | 'DIAL_NINE_SEVEN_DIGIT'
  | 'DIAL_NINE_TEN_DIGIT'
  | 'OPEN_DIAL_PLAN_TEN_DIGIT'

export const DIALING_BEHAVIORS: readonly DialingBehavior[] = [
  'SEVEN_DIGIT',
  'TEN_DIGIT',
  'OPEN_DIAL_PLAN',
  'DIAL_NINE_SEVEN_DIGIT',
  'DIAL_NINE_TEN_DIGIT',
  'OPEN_DIAL_PLAN_TEN_DIGIT',
]

/** What an account's users may dial to reach a number. Extensions, short codes and '+' forms are the same under every behaviour. */
export interface DialingRule {
  /** The 9 before an outside number: never, as one likes, or always. */
  readonly outsidePrefix: 'none' | 'optional' | 'required'
  /** NXX-XXXX, completed by the home area code. */
  readonly sevenDigits: boolean
  /** NPA-NXX-XXXX. */
  readonly tenDigits: boolean
  /** 1-NPA-NXX-XXXX. */
  readonly elevenDigits: boolean
  /** 011 and a country code. */
  readonly international: boolean
}

const openToAllNumbers = { tenDigits: true, elevenDigits: true, international: true } as const

/**
 * The six behaviours. Only OPEN_DIAL_PLAN_TEN_DIGIT is spelled out by its source: extensions, 10 and 11 digits, not 7 (S1-35);
 * the other rows follow the names. "Open" is read as: the 9 of an old PBX habit is understood but not asked for.
 */
export const DIALING_RULES: Readonly<Record<DialingBehavior, DialingRule>> = {
  SEVEN_DIGIT: { outsidePrefix: 'none', sevenDigits: true, ...openToAllNumbers },
  TEN_DIGIT: { outsidePrefix: 'none', sevenDigits: false, ...openToAllNumbers },
  OPEN_DIAL_PLAN: { outsidePrefix: 'optional', sevenDigits: true, ...openToAllNumbers },
  DIAL_NINE_SEVEN_DIGIT: { outsidePrefix: 'required', sevenDigits: true, ...openToAllNumbers },
  DIAL_NINE_TEN_DIGIT: { outsidePrefix: 'required', sevenDigits: false, ...openToAllNumbers },
  OPEN_DIAL_PLAN_TEN_DIGIT: { outsidePrefix: 'optional', sevenDigits: false, ...openToAllNumbers },
}

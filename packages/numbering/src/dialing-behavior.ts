/** How the users of an account dial (S1-34). */
export type DialingBehavior = 'SEVEN_DIGIT' | 'TEN_DIGIT' | 'OPEN_DIAL_PLAN' | 'DIAL_NINE_SEVEN_DIGIT' | 'DIAL_NINE_TEN_DIGIT' | 'OPEN_DIAL_PLAN_TEN_DIGIT'

export const DIALING_BEHAVIORS: readonly DialingBehavior[] = [
  'SEVEN_DIGIT',
  'TEN_DIGIT',
  'OPEN_DIAL_PLAN',
  'DIAL_NINE_SEVEN_DIGIT',
  'DIAL_NINE_TEN_DIGIT',
  'OPEN_DIAL_PLAN_TEN_DIGIT',
]

/** The shapes of an outside number: NXX-XXXX, NPA-NXX-XXXX, 1-NPA-NXX-XXXX, 011 and a country code. */
export type NumberPattern = 'SEVEN_DIGITS' | 'TEN_DIGITS' | 'ELEVEN_DIGITS' | 'INTERNATIONAL'

/** What an account's users may dial to reach a number. Extensions, short codes and '+' forms are the same under every behaviour. */
export interface DialingRule {
  /** The 9 before an outside number: never, as one likes, or always. */
  readonly outsidePrefix: 'none' | 'optional' | 'required'
  readonly patterns: readonly NumberPattern[]
}

const withSevenDigits: readonly NumberPattern[] = ['SEVEN_DIGITS', 'TEN_DIGITS', 'ELEVEN_DIGITS', 'INTERNATIONAL']
const withoutSevenDigits: readonly NumberPattern[] = ['TEN_DIGITS', 'ELEVEN_DIGITS', 'INTERNATIONAL']

/**
 * The six behaviours. Only OPEN_DIAL_PLAN_TEN_DIGIT is spelled out by its source: extensions, 10 and 11 digits, not 7 (S1-35);
 * the other rows follow the names. "Open" is read as: the 9 of an old PBX habit is understood but not asked for.
 */
export const DIALING_RULES: Readonly<Record<DialingBehavior, DialingRule>> = {
  SEVEN_DIGIT: { outsidePrefix: 'none', patterns: withSevenDigits },
  TEN_DIGIT: { outsidePrefix: 'none', patterns: withoutSevenDigits },
  OPEN_DIAL_PLAN: { outsidePrefix: 'optional', patterns: withSevenDigits },
  DIAL_NINE_SEVEN_DIGIT: { outsidePrefix: 'required', patterns: withSevenDigits },
  DIAL_NINE_TEN_DIGIT: { outsidePrefix: 'required', patterns: withoutSevenDigits },
  OPEN_DIAL_PLAN_TEN_DIGIT: { outsidePrefix: 'optional', patterns: withoutSevenDigits },
}

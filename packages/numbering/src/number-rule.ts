/** How a number is rewritten for, or from, a carrier: by how it begins and how long it is, never by an expression that could run away. */
export interface NumberRule {
  /** What it begins with; empty for every number. A leading plus is part of it. */
  readonly prefix: string
  readonly minLength?: number | undefined
  readonly maxLength?: number | undefined
  /** How many characters go from the front. */
  readonly strip: number
  /** What stands there instead. */
  readonly prepend: string
}

export interface RewrittenNumber {
  readonly number: string
  /** Which rule it was, from 0; undefined: none, and the number is as it was. */
  readonly ruleIndex: number | undefined
}

/** The first rule that fits a number decides; without one it stays as it is. */
export function rewriteNumber(rules: readonly NumberRule[], number: string): RewrittenNumber {
  const ruleIndex = rules.findIndex(
    ({ prefix, minLength = 0, maxLength = Infinity }) => number.startsWith(prefix) && number.length >= minLength && number.length <= maxLength,
  )
  const rule = rules[ruleIndex]
  return rule === undefined ? { number, ruleIndex: undefined } : { number: `${rule.prepend}${number.slice(rule.strip)}`, ruleIndex }
}

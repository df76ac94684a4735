import { normalizePhoneNumber } from './e164.ts'
import type { E164 } from './e164.ts'
import { formatSipUser } from './format-number.ts'

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
  // To ask an array for its place -1 is slow.
  const rule = ruleIndex < 0 ? undefined : rules[ruleIndex]
  return rule === undefined ? { number, ruleIndex: undefined } : { number: `${rule.prepend}${number.slice(rule.strip)}`, ruleIndex }
}

/** A number of ours as a carrier gets it: E.164 with its plus, a short code as it is (C-25), or what its rules make of that. */
export function writeCarrierNumber(rules: readonly NumberRule[] | undefined, number: string): RewrittenNumber {
  return rewriteNumber(rules ?? [], formatSipUser(number))
}

export interface ReadNumber extends RewrittenNumber {
  /** undefined: what the rules make of it is no telephone number. */
  readonly e164: E164 | undefined
}

/** What a carrier wrote, as we call that number. */
export function readCarrierNumber(rules: readonly NumberRule[] | undefined, written: string): ReadNumber {
  const rewritten = rewriteNumber(rules ?? [], written)
  return { ...rewritten, e164: normalizePhoneNumber(rewritten.number) }
}

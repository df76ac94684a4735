import type { NumberPattern } from './number-pattern.ts'
import type { NumberSearchCriteria } from './search-criteria.ts'

/** Eleven-digit numbers from `low` to `high`, both included. */
export interface NumberRange {
  readonly low: string
  readonly high: string
}

/** Which index finds the candidates of a search; what it leaves open is filtered afterwards. */
export type SearchPath =
  /** A stretch of the pool in ascending order. */
  | { readonly kind: 'range'; readonly range: NumberRange }
  /** The same over the digits read backwards. */
  | { readonly kind: 'ending'; readonly range: NumberRange }
  /** Every one of these groups of three digits occurs somewhere. */
  | { readonly kind: 'digits'; readonly groups: readonly string[] }
  /** The exchanges of a place or a state, each a range of its own. */
  | { readonly kind: 'exchanges' }

const NUMBER_LENGTH = 11
/** From this many fixed digits on, an index over them leaves few enough numbers to look at each. */
const SELECTIVE_START = 6
const SELECTIVE_RUN = 3

/** Chooses the index that leaves the least to look at. */
export function searchPathOf(criteria: NumberSearchCriteria): SearchPath {
  const start = startOf(criteria)
  const parts = (criteria.pattern ?? '').split('*')
  if (start.length >= SELECTIVE_START) return { kind: 'range', range: rangeOf(`1${start}`) }
  const ending = parts.length > 1 ? (parts.at(-1) ?? '') : ''
  if (ending.length >= SELECTIVE_RUN) return { kind: 'ending', range: rangeOf(ending.split('').toReversed().join('')) }
  const groups = [...new Set(parts.flatMap(groupsOfThree))]
  if (groups.length > 0 && criteria.pattern !== undefined) return { kind: 'digits', groups }
  const { near, postalCode, rateCenter, state } = criteria
  if (near !== undefined || postalCode !== undefined || rateCenter !== undefined || state !== undefined) return { kind: 'exchanges' }
  return { kind: 'range', range: rangeOf(`1${start}`) }
}

/** Every number of an exchange, 1NPANXX. */
export function rangeOf(start: string): NumberRange {
  return { low: start.padEnd(NUMBER_LENGTH, '0'), high: start.padEnd(NUMBER_LENGTH, '9') }
}

/** The fixed first digits: of the pattern, or of area code and exchange, whichever says more. */
function startOf({ npa, nxx, pattern }: NumberSearchCriteria): string {
  const head = headOf(pattern)
  const exchange = `${npa ?? ''}${npa === undefined ? '' : (nxx ?? '')}`
  return head.length > exchange.length ? head : exchange
}

function headOf(pattern: NumberPattern | undefined): string {
  return pattern?.split('*')[0] ?? ''
}

function groupsOfThree(run: string): string[] {
  return Array.from({ length: Math.max(0, run.length - SELECTIVE_RUN + 1) }, (_, index) => run.slice(index, index + SELECTIVE_RUN))
}

import { areaCodeOf, isNanp, isTollFree } from '@dialtone/numbering'
import type { Increment } from './billing-increment.ts'
import type { Money } from './money.ts'
import type { RatedPlan } from './rated-plan.ts'
import type { CallFacts } from './tariff.ts'

/** A line of a plan's rate table. */
export interface DestinationRate {
  readonly ratePerMinute: Money
  /** The minutes of the plan cover it. */
  readonly inPlan: boolean
  /** Calls there may be made at all. */
  readonly allowed: boolean
  readonly increment: Increment
}

/** E.164 allows no more. */
const LONGEST_NUMBER = 15

/** Every beginning of a number, the shortest first: what a rate table may know it by. */
export function prefixesOf(number: string): readonly string[] {
  return Array.from({ length: Math.min(number.length, LONGEST_NUMBER) }, (_, length) => number.slice(0, length + 1))
}

/** The line of the longest prefix. */
export function rateOfPrefix(table: ReadonlyMap<string, DestinationRate>, number: string): DestinationRate | undefined {
  const prefix = prefixesOf(number).findLast((candidate) => table.has(candidate))
  return prefix === undefined ? undefined : table.get(prefix)
}

export interface DestinationFacts extends Pick<CallFacts, 'direction' | 'category' | 'trunkInbound' | 'inboundRate'> {
  /** E.164 without +, an extension or a short code. */
  readonly calledNumber: string
  readonly local: boolean
  readonly plan: RatedPlan | undefined
  /** Of the plan's rate table; undefined: it has none for the number. */
  readonly rate: DestinationRate | undefined
}

/** What the called number makes of a call. */
export function callFactsOf({ direction, category, trunkInbound, inboundRate, calledNumber, local, plan, rate }: DestinationFacts): CallFacts {
  return {
    direction,
    category,
    trunkInbound,
    inboundRate,
    onNet: category === 'OnNet',
    plan: plan === undefined || rate === undefined ? plan : { ...plan, ratePerMinute: rate.ratePerMinute },
    tollFree: areaCodeOf(calledNumber) !== undefined && isTollFree(calledNumber),
    local,
    // The rate table says what the minutes of the plan cover; without one that is home.
    international: rate === undefined ? calledNumber.length > 6 && !isNanp(calledNumber) : !rate.inPlan,
    increment: rate?.increment,
  }
}

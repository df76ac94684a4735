import { formatMoney, parseMoney } from './money.ts'
import type { Money } from './money.ts'
import { rateCall } from './rate-call.ts'
import { tariffOf } from './tariff.ts'
import type { CallFacts, RateType } from './tariff.ts'

export type PlanRefusal =
  | 'ForwardingNotAllowed'
  | 'DestinationNotAllowed'
  | 'DirectoryAssistanceNotAllowed'
  | 'OperatorNotAllowed'
  | 'PlanMinutesExhausted'
  /** No minutes of the plan cover it, and the plan allows nothing beyond them. */
  | 'DestinationNotInPlan'
  | 'SpendLimitReached'

export interface CallToAuthorize {
  /** `plan.secondsRemaining`: what no other call has used or reserved. */
  readonly call: CallFacts
  /** Somebody's forwarding makes the call. */
  readonly forwarded: boolean
  /** What the plan's rate table says of the destination; undefined: nothing. */
  readonly destinationAllowed: boolean | undefined
  /** How long the call may last already; 0: it has not begun. */
  readonly authorizedSeconds: number
  /** How much longer a call may last before it is asked about again, when something limits it. */
  readonly sliceSeconds: number
  /** What may still be spent, by nobody else reserved; undefined: as much as you like. */
  readonly spendLeft: Money | undefined
}

export type CallAllowance =
  | { readonly allowed: false; readonly code: PlanRefusal }
  | {
      readonly allowed: true
      readonly rateType: RateType
      /** What a minute costs when no minutes of the plan pay for it. */
      readonly ratePerMinute: Money
      /** Counted from the answer: then it is to be asked again. undefined: nothing limits it. */
      readonly maxSeconds: number | undefined
      /** Of the plan's minutes, for the whole call so far. */
      readonly secondsReserved: number
      /** The most the call can cost until then. */
      readonly amountReserved: Money
    }

/**
 * Whether the plan lets a call begin, or go on, and for how long (S4-40), by the very rules it will be charged by: 411 and operator
 * as the product allows, nothing on used-up minutes without overage, no forwarding where the product prevents it, nothing beyond
 * what may be spent. What costs nothing is never limited, emergency calls above all (C-58).
 */
export function authorizeCall(question: CallToAuthorize): CallAllowance {
  const { call, authorizedSeconds, sliceSeconds, spendLeft } = question
  const tariff = tariffOf(call)
  const refusal = refusalOf(question)
  if (refusal !== undefined) return { allowed: false, code: refusal }
  const ratePerMinute = formatMoney(tariff.per === 'MINUTE' ? tariff.rate : 0n)
  const isLimited = tariff.per !== 'NOTHING' && (spendLeft !== undefined || tariff.minutes?.allowOverage === false)
  if (!isLimited) {
    return { allowed: true, rateType: tariff.rateType, ratePerMinute, maxSeconds: undefined, secondsReserved: 0, amountReserved: formatMoney(0n) }
  }
  const withinPlan = tariff.minutes?.allowOverage === false ? tariff.minutes.secondsLeft : Infinity
  if (withinPlan <= authorizedSeconds) return { allowed: false, code: 'PlanMinutesExhausted' }
  const wanted = Math.min(authorizedSeconds + sliceSeconds, withinPlan)
  const affordable = spendLeft === undefined ? wanted : longestFor(call, parseMoney(spendLeft) ?? 0n, wanted)
  if (affordable <= authorizedSeconds) return { allowed: false, code: 'SpendLimitReached' }
  const { secondsConsumed, cost } = rateCall({ ...call, answeredSeconds: affordable })
  return { allowed: true, rateType: tariff.rateType, ratePerMinute, maxSeconds: affordable, secondsReserved: secondsConsumed, amountReserved: cost }
}

function refusalOf({ call, forwarded, destinationAllowed }: CallToAuthorize): PlanRefusal | undefined {
  const { plan } = call
  const { rateType, per } = tariffOf(call)
  if (rateType === '_411') return plan?.allow411 === false ? 'DirectoryAssistanceNotAllowed' : undefined
  if (rateType === 'Operator') return plan?.allowOperator === false ? 'OperatorNotAllowed' : undefined
  if (rateType === 'Free') return undefined
  if (forwarded && plan?.preventForwarding === true) return 'ForwardingNotAllowed'
  if (per === 'NOTHING') return undefined
  if (destinationAllowed === false) return 'DestinationNotAllowed'
  return rateType === 'OffPlanRated' && plan?.allowOverage === false ? 'DestinationNotInPlan' : undefined
}

/** The longest call, in whole seconds, that costs no more than that; cost never falls with time. */
function longestFor(call: CallFacts, amount: bigint, upTo: number): number {
  const fits = (seconds: number): boolean => (parseMoney(rateCall({ ...call, answeredSeconds: seconds }).cost) ?? 0n) <= amount
  if (fits(upTo)) return upTo
  let [longest, tooLong] = [0, upTo]
  while (tooLong - longest > 1) {
    const middle = Math.floor((longest + tooLong) / 2)
    if (fits(middle)) longest = middle
    else tooLong = middle
  }
  return longest
}

import { billedSecondsOf, defaultIncrement } from './billing-increment.ts'
import type { Increment } from './billing-increment.ts'
import { costOf, formatMoney, parseMoney } from './money.ts'
import type { Money } from './money.ts'
import type { RatedPlan } from './rated-plan.ts'

/** Which rule of the plan a call was charged by, in the words of the CDR. */
export type RateType = 'Free' | 'OnPlanMinutes' | 'OffPlanRated' | 'Local' | 'TollFree' | '_411' | 'Operator' | 'IntraPartitionFree'

/** What kind of call it was: the call categories of the CDR. */
export type RatedCategory =
  | 'OnNet'
  | 'OffNet'
  | 'Emergency'
  | 'EmergencyServicesVerification'
  | 'DirectoryAssistance'
  | 'Operator'
  | 'NonEmergencyServices'
  | 'PublicServices'
  | 'TeleRelayService'
  | 'Other'
  | 'NotResolved'

export interface CallToRate {
  readonly direction: 'INBOUND' | 'OUTBOUND' | 'INTERNAL'
  readonly category: RatedCategory
  /** Seconds from answer to hang-up; 0 for a call that was not answered. */
  readonly answeredSeconds: number
  /** Both ends are in one partition. */
  readonly onNet: boolean
  readonly plan: RatedPlan | undefined
  /** The called number is toll-free. */
  readonly tollFree?: boolean | undefined
  /** The called number is in the caller's local calling area. */
  readonly local?: boolean | undefined
  /** Outside the NANP: never on plan minutes. */
  readonly international?: boolean | undefined
  /** Default 6/6. */
  readonly increment?: Increment | undefined
}

export interface CallCharge {
  readonly rateType: RateType
  /** Answered seconds rounded up to the billing increment. */
  readonly billedSeconds: number
  readonly ratePerMinute: Money
  readonly cost: Money
  /** The whole call was covered by the plan's minutes. */
  readonly inPlan: boolean
  /** To be taken from the plan's secondsRemaining; never more than there are. */
  readonly secondsConsumed: number
}

/** Free by their nature: help, the check of its address (933 is Free on the wire), N11 and the relay service. */
const freeCategories: ReadonlySet<RatedCategory> = new Set<RatedCategory>([
  'Emergency',
  'EmergencyServicesVerification',
  'NonEmergencyServices',
  'PublicServices',
  'TeleRelayService',
])

/**
 * What a finished call costs its account (S4-40). The first rule that fits decides: free by nature, inbound, 411 and operator by
 * their own rate, toll-free, within the partition, unlimited local, plan minutes, overage. Amounts are exact to a millionth.
 */
export function rateCall(call: CallToRate): CallCharge {
  const billedSeconds = billedSecondsOf(call.answeredSeconds, call.increment ?? defaultIncrement)
  const { plan } = call
  if (freeCategories.has(call.category)) return withoutCharge('Free', billedSeconds)
  if (call.direction === 'INBOUND') return withoutCharge('Free', billedSeconds)
  if (call.category === 'DirectoryAssistance') return specialRate('_411', billedSeconds, plan?.callRateFor411, plan?.rateTypeFor411)
  if (call.category === 'Operator') return specialRate('Operator', billedSeconds, plan?.callRateForOperator, plan?.rateTypeForOperator)
  if (call.tollFree === true) return withoutCharge('TollFree', billedSeconds)
  const withinPartitionFree = plan?.rateIntraPartitionAsFree ?? true
  if ((call.onNet || call.direction === 'INTERNAL') && withinPartitionFree) return withoutCharge('IntraPartitionFree', billedSeconds)
  // Extension to extension inside one account is nobody's traffic but its own, whatever the plan says of the partition.
  if (call.direction === 'INTERNAL') return withoutCharge('Free', billedSeconds)
  if (call.local === true && plan?.allowUnlimitedLocal === true) return withoutCharge('Local', billedSeconds)
  return ratePlanMinutes(billedSeconds, plan, call.international === true)
}

function withoutCharge(rateType: RateType, billedSeconds: number): CallCharge {
  return { rateType, billedSeconds, ratePerMinute: formatMoney(0n), cost: formatMoney(0n), inPlan: false, secondsConsumed: 0 }
}

/** 411 and operator: so much a call or so much a minute; a call that was not answered costs nothing. */
function specialRate(
  rateType: '_411' | 'Operator',
  billedSeconds: number,
  rateText: Money | undefined,
  per: 'PER_CALL' | 'PER_MINUTE' = 'PER_CALL',
): CallCharge {
  const rate = rateOf(rateText)
  const perCall = billedSeconds === 0 ? 0n : rate
  const cost = per === 'PER_CALL' ? perCall : costOf(billedSeconds, rate)
  const ratePerMinute = formatMoney(per === 'PER_CALL' ? 0n : rate)
  return { rateType, billedSeconds, ratePerMinute, cost: formatMoney(cost), inPlan: false, secondsConsumed: 0 }
}

/** The plan's minutes pay as far as they go, the rest is overage. Who may not have overage is not charged for any (S4-40). */
function ratePlanMinutes(billedSeconds: number, plan: RatedPlan | undefined, international: boolean): CallCharge {
  const remaining = plan === undefined || international || !(plan.secondsRemaining > 0) ? 0 : plan.secondsRemaining
  const secondsConsumed = Math.min(billedSeconds, Math.floor(remaining))
  const overageSeconds = billedSeconds - secondsConsumed
  if (overageSeconds === 0 && plan !== undefined && !international) {
    return { ...withoutCharge('OnPlanMinutes', billedSeconds), inPlan: true, secondsConsumed }
  }
  const charged = international || (plan?.allowOverage ?? true)
  const rate = charged ? rateOf(plan?.ratePerMinute) : 0n
  const cost = costOf(overageSeconds, rate)
  return { rateType: 'OffPlanRated', billedSeconds, ratePerMinute: formatMoney(rate), cost: formatMoney(cost), inPlan: false, secondsConsumed }
}

/** A rate that is missing, unreadable or negative charges nothing: plans are checked when they are made, a call is not lost here. */
function rateOf(text: Money | undefined): bigint {
  const rate = text === undefined ? undefined : parseMoney(text)
  return rate === undefined || rate < 0n ? 0n : rate
}

import type { Increment } from './billing-increment.ts'
import { parseMoney } from './money.ts'
import type { Money } from './money.ts'
import type { RatedPlan } from './rated-plan.ts'

/**
 * Which rule of the plan a call was charged by, in the words of the CDR. OnPlanRated: minutes of the plan would have covered it, and
 * were used up; OffPlanRated: no minutes cover such a call.
 */
export type RateType =
  | ('Free' | 'OnPlanMinutes' | 'OnPlanRated' | 'OffPlanRated' | 'Local' | 'TollFree')
  | ('_411' | 'Operator' | 'IntraPartitionFree' | 'SipTrunkInbound')

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

/** What is known of a call before anybody knows how long it will be. */
export interface CallFacts {
  readonly direction: 'INBOUND' | 'OUTBOUND' | 'INTERNAL'
  readonly category: RatedCategory
  /** Both ends are in one partition. */
  readonly onNet: boolean
  readonly plan: RatedPlan | undefined
  /** It came in for a trunk. */
  readonly trunkInbound?: boolean | undefined
  /** A minute of a call that came in for a toll-free number, by the plan of who has it: he pays for it. */
  readonly inboundRate?: Money | undefined
  /** The called number is toll-free. */
  readonly tollFree?: boolean | undefined
  /** The called number is in the caller's local calling area. */
  readonly local?: boolean | undefined
  /** Never on plan minutes: outside the NANP, or what the plan's rate table says of the prefix. */
  readonly international?: boolean | undefined
  /** Default 6/6. */
  readonly increment?: Increment | undefined
}

/** The one rule that a call is charged by, whether it is still to be allowed or has ended. */
export interface Tariff {
  /** Of a call on the minutes of a plan: OnPlanMinutes, until they are used up. */
  readonly rateType: RateType
  readonly per: 'NOTHING' | 'CALL' | 'MINUTE'
  /** Micro-units a call or a minute; with `minutes`, of the overage. */
  readonly rate: bigint
  /** The minutes that pay first. */
  readonly minutes?: { readonly secondsLeft: number; readonly allowOverage: boolean }
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
 * The first rule that fits decides (S4-40): free by nature, inbound, 411 and operator by their own rate, toll-free, within the
 * partition, unlimited local, plan minutes and their overage, off the plan.
 */
export function tariffOf(call: CallFacts): Tariff {
  const { plan, direction } = call
  if (freeCategories.has(call.category)) return free('Free')
  if (direction === 'INBOUND' && call.inboundRate !== undefined) return { rateType: 'TollFree', per: 'MINUTE', rate: rateOf(call.inboundRate) }
  if (direction === 'INBOUND') return free(call.trunkInbound === true ? 'SipTrunkInbound' : 'Free')
  if (call.category === 'DirectoryAssistance') return special('_411', plan?.callRateFor411, plan?.rateTypeFor411)
  if (call.category === 'Operator') return special('Operator', plan?.callRateForOperator, plan?.rateTypeForOperator)
  if (call.tollFree === true) return free('TollFree')
  const withinPartitionFree = plan?.rateIntraPartitionAsFree ?? true
  if ((call.onNet || direction === 'INTERNAL') && withinPartitionFree) return free('IntraPartitionFree')
  // Extension to extension inside one account is nobody's traffic but its own, whatever the plan says of the partition.
  if (direction === 'INTERNAL') return free('Free')
  if (call.local === true && plan?.allowUnlimitedLocal === true) return free('Local')
  const rate = rateOf(plan?.ratePerMinute)
  if (plan === undefined || call.international === true) return { rateType: 'OffPlanRated', per: 'MINUTE', rate }
  const secondsLeft = plan.secondsRemaining > 0 ? Math.floor(plan.secondsRemaining) : 0
  return { rateType: 'OnPlanMinutes', per: 'MINUTE', rate, minutes: { secondsLeft, allowOverage: plan.allowOverage ?? true } }
}

function free(rateType: RateType): Tariff {
  return { rateType, per: 'NOTHING', rate: 0n }
}

/** 411 and operator: so much a call or so much a minute. */
function special(rateType: '_411' | 'Operator', rate: Money | undefined, rateTypeOfPlan: 'PER_CALL' | 'PER_MINUTE' = 'PER_CALL'): Tariff {
  return { rateType, per: rateTypeOfPlan === 'PER_CALL' ? 'CALL' : 'MINUTE', rate: rateOf(rate) }
}

/** A rate that is missing, unreadable or negative charges nothing: plans are checked when they are made, a call is not lost here. */
function rateOf(text: Money | undefined): bigint {
  const rate = text === undefined ? undefined : parseMoney(text)
  return rate === undefined || rate < 0n ? 0n : rate
}

import type { Increment } from './billing-increment.ts'

/** Which rule of the plan a call was charged by, in the words of the CDR. */
export type RateType = 'Free' | 'OnPlanMinutes' | 'OffPlanRated' | 'Local' | 'TollFree' | '_411' | 'Operator' | 'IntraPartitionFree'

/** The categories rating tells apart; the names are those of the CDR's call categories, others are rated as ordinary calls. */
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

/** Money is decimal text in the partition's currency, `0.0125`; never a float. */
export type Money = string

/** A calling plan as it stands when the call is rated (S4-39, S4-40). Leave out what the product does not say. */
export interface RatedPlan {
  readonly planMinutes: number
  /** Seconds of the included minutes left in this billing cycle (C-64). */
  readonly secondsRemaining: number
  /** Whether calls go on, and are charged, once the minutes are used up. Default true. */
  readonly allowOverage?: boolean
  /** Overage, per minute. Default 0. */
  readonly ratePerMinute?: Money
  /** Calls between accounts of the partition cost nothing. Default true. */
  readonly rateIntraPartitionAsFree?: boolean
  /** Calls inside the local calling area use no minutes. Default false. */
  readonly allowUnlimitedLocal?: boolean
  readonly allow411?: boolean
  readonly callRateFor411?: Money
  readonly rateTypeFor411?: 'PER_CALL' | 'PER_MINUTE'
  readonly allowOperator?: boolean
  readonly callRateForOperator?: Money
  readonly rateTypeForOperator?: 'PER_CALL' | 'PER_MINUTE'
}

export interface CallToRate {
  readonly direction: 'INBOUND' | 'OUTBOUND' | 'INTERNAL'
  readonly category: RatedCategory
  /** Seconds from answer to hang-up; 0 for a call that was not answered. */
  readonly answeredSeconds: number
  /** Both ends are in one partition. */
  readonly onNet: boolean
  readonly plan: RatedPlan | undefined
  readonly tollFree?: boolean
  /** The called number is in the caller's local calling area. */
  readonly local?: boolean
  /** Outside the NANP: never on plan minutes. */
  readonly international?: boolean
  readonly increment?: Increment
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

import type { Money } from './money.ts'

/** A calling plan as it stands when a call is rated or allowed (S4-39, S4-40). Leave out what the product does not say. */
export interface RatedPlan {
  readonly planMinutes: number
  /** Seconds of the included minutes left in this billing cycle; planMinutes × 60 at its start (S1-56, C-64). */
  readonly secondsRemaining: number
  /** Whether calls go on, and are charged, once the minutes are used up. Default true. */
  readonly allowOverage?: boolean | undefined
  /** Overage and international, per minute. Default 0. */
  readonly ratePerMinute?: Money | undefined
  /** Calls between accounts of the partition cost nothing. Default true. */
  readonly rateIntraPartitionAsFree?: boolean | undefined
  /** Calls inside the local calling area use no minutes. Default false. */
  readonly allowUnlimitedLocal?: boolean | undefined
  /** Nobody's calls are forwarded on this plan. Default false. */
  readonly preventForwarding?: boolean | undefined
  readonly allow411?: boolean | undefined
  readonly callRateFor411?: Money | undefined
  /** Default PER_CALL. */
  readonly rateTypeFor411?: 'PER_CALL' | 'PER_MINUTE' | undefined
  readonly allowOperator?: boolean | undefined
  readonly callRateForOperator?: Money | undefined
  readonly rateTypeForOperator?: 'PER_CALL' | 'PER_MINUTE' | undefined
}

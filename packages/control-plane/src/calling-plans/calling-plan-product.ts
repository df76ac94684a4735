import { parseMoney } from '@dialtone/rating'
import type { Selectable } from 'kysely'
import type { CallingPlanProductTable } from '../database/index.ts'
import type { FieldProblem } from '../failures/index.ts'

/** A plan as the partition sells it (public-spec section 13, S4-40). Amounts are decimal text, never floats. */
export interface CallingPlanProduct {
  readonly name: string
  /** Minutes a billing cycle. */
  readonly planMinutes: number
  readonly defaultPlan: boolean
  readonly terms: CallingPlanTerms
}

export interface CallingPlanTerms {
  readonly unlimitedDisplay: boolean
  readonly allowOverage: boolean
  readonly preventForwarding: boolean
  readonly allow411: boolean
  readonly callRateFor411: string
  readonly rateTypeFor411: 'PER_CALL' | 'PER_MINUTE'
  readonly allowOperator: boolean
  readonly callRateForOperator: string
  readonly rateTypeForOperator: 'PER_CALL' | 'PER_MINUTE'
  readonly allowUnlimitedLocal: boolean
  readonly rateIntraPartitionAsFree: boolean
  readonly overageRatePerMinute: string
}

export type CallingPlanProductRow = Selectable<CallingPlanProductTable>

export const DEFAULT_TERMS: CallingPlanTerms = {
  unlimitedDisplay: false,
  allowOverage: true,
  preventForwarding: false,
  allow411: true,
  callRateFor411: '1.500000',
  rateTypeFor411: 'PER_CALL',
  allowOperator: true,
  callRateForOperator: '2.000000',
  rateTypeForOperator: 'PER_CALL',
  allowUnlimitedLocal: false,
  rateIntraPartitionAsFree: true,
  overageRatePerMinute: '0.030000',
}

export function productOf(row: CallingPlanProductRow): CallingPlanProduct {
  return { name: row.name, planMinutes: row.plan_minutes, defaultPlan: row.default_plan, terms: { ...DEFAULT_TERMS, ...row.terms } }
}

export function productProblems(product: CallingPlanProduct): FieldProblem[] {
  const { callRateFor411, callRateForOperator, overageRatePerMinute } = product.terms
  return Object.entries({ callRateFor411, callRateForOperator, overageRatePerMinute }).flatMap(([field, text]) => {
    const amount = parseMoney(text)
    if (amount !== undefined && amount >= 0n) return []
    return [
      {
        field,
        code: `Invalid${field.charAt(0).toUpperCase()}${field.slice(1)}`,
        reason: 'is no amount',
        rule: 'a decimal number of dollars, not negative, at most six decimals',
      },
    ]
  })
}

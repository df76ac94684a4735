import { newId } from '@dialtone/foundation'
import { nextBillingReset } from '@dialtone/rating'
import type { AccountScope } from '../access/index.ts'
import type { Transaction } from '../database/index.ts'
import { type CallingPlanRow, insertCallingPlan } from './calling-plan-queries.ts'

/** Who uses a plan. */
export interface PlanReference {
  readonly referenceType: 'END_USER' | 'SIP_TRUNK' | 'SPECIALTY_LINE' | 'ACCOUNT'
  readonly referenceId: string
}

/**
 * Attaches the partition's default plan to a new user or trunk (S1-56, C-64).
 * @returns undefined when the partition has no default plan.
 */
export async function attachDefaultPlan(sql: Transaction, scope: AccountScope, reference: PlanReference, now: Date): Promise<CallingPlanRow | undefined> {
  const product = await sql
    .selectFrom('calling_plan_product')
    .select(['id', 'plan_minutes'])
    .where('partition_id', '=', scope.partitionId)
    .where('default_plan', '=', true)
    .where('archived', '=', false)
    .executeTakeFirst()
  if (product === undefined) return undefined
  const account = await sql.selectFrom('account').select('billing_cycle_day').where('id', '=', scope.accountId).executeTakeFirstOrThrow()
  return insertCallingPlan(sql, {
    id: newId(),
    partition_id: scope.partitionId,
    account_id: scope.accountId,
    reference_type: reference.referenceType,
    reference_id: reference.referenceId,
    calling_plan_product_id: product.id,
    start_date: now,
    end_date: null,
    plan_minutes: product.plan_minutes,
    seconds_remaining: product.plan_minutes * 60,
    resets_at: new Date(nextBillingReset({ billingCycleDay: account.billing_cycle_day, nowMs: now.getTime() })),
  })
}

import type { AccountScope } from '../access/index.ts'
import type { Transaction } from '../database/index.ts'
import type { ApiFailure } from '../failures/index.ts'
import { attachCallingPlans } from './attach-plan.ts'
import { plansInForce } from './calling-plan-queries.ts'
import type { PlanReference } from './plan-reference.ts'

/** Makes the plans of a reference those of the named products: what it keeps goes on with its minutes, what it loses ends now (S4-18, S4-32). */
export async function replaceCallingPlans(
  sql: Transaction,
  scope: AccountScope,
  reference: PlanReference,
  productIds: readonly string[],
  now: Date,
): Promise<ApiFailure | undefined> {
  const used = await plansInForce(sql, scope, reference, now)
  const kept = new Set(used.map(({ plan }) => plan.calling_plan_product_id).filter((id) => productIds.includes(id)))
  const ended = used.filter(({ plan }) => !kept.has(plan.calling_plan_product_id)).map(({ use }) => use.id)
  if (ended.length > 0) {
    await sql
      .updateTable('calling_plan_use')
      .set({ ends_at: now })
      .where('id', 'in', ended)
      .where('account_id', '=', scope.accountId)
      .where('partition_id', '=', scope.partitionId)
      .execute()
  }
  return attachCallingPlans(
    sql,
    scope,
    reference,
    productIds.filter((id) => !kept.has(id)),
    now,
  )
}

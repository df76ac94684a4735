import { newId } from '@dialtone/foundation'
import { billingCycleStart, nextBillingReset } from '@dialtone/rating'
import type { AccountScope } from '../access/index.ts'
import type { Sql, Transaction } from '../database/index.ts'
import { type ApiFailure, entityNotFound, inConflict } from '../failures/index.ts'
import type { CallingPlanProductRow } from './calling-plan-product.ts'
import { insertCallingPlan, insertUse, type UsedPlan } from './calling-plan-queries.ts'
import type { PlanReference } from './plan-reference.ts'

const SECONDS_PER_MINUTE = 60

/** Gives a reference a pool of its own; it has its full minutes, less those said to be used, from `startsAt` on. */
export async function attachPlan(
  sql: Transaction,
  scope: AccountScope,
  reference: PlanReference,
  product: Pick<CallingPlanProductRow, 'id' | 'plan_minutes'>,
  o: { readonly startsAt: Date; readonly minutesUsed?: number; readonly billingCycleDay?: number },
): Promise<UsedPlan> {
  const billingCycleDay = o.billingCycleDay ?? (await billingDayOf(sql, scope))
  const nowMs = o.startsAt.getTime()
  const plan = await insertCallingPlan(sql, {
    id: newId(),
    partition_id: scope.partitionId,
    account_id: scope.accountId,
    reference_type: reference.referenceType,
    reference_id: reference.referenceId,
    calling_plan_product_id: product.id,
    start_date: o.startsAt,
    end_date: null,
    plan_minutes: product.plan_minutes,
    seconds_remaining: Math.max(0, product.plan_minutes - (o.minutesUsed ?? 0)) * SECONDS_PER_MINUTE,
    cycle_starts_at: new Date(billingCycleStart({ billingCycleDay, nowMs })),
    resets_at: new Date(nextBillingReset({ billingCycleDay, nowMs })),
  })
  return { plan, use: await insertUse(sql, scope, reference, plan.id, o.startsAt) }
}

/**
 * Attaches the partition's default plan to a new user or trunk (S1-56, C-64).
 * @returns undefined when the partition has no default plan.
 */
export async function attachDefaultPlan(sql: Transaction, scope: AccountScope, reference: PlanReference, now: Date): Promise<UsedPlan | undefined> {
  const product = await sql
    .selectFrom('calling_plan_product')
    .innerJoin('account', 'account.partition_id', 'calling_plan_product.partition_id')
    .select(['calling_plan_product.id', 'plan_minutes', 'billing_cycle_day'])
    .where('account.id', '=', scope.accountId)
    .where('calling_plan_product.partition_id', '=', scope.partitionId)
    .where('default_plan', '=', true)
    .where('archived', '=', false)
    .executeTakeFirst()
  return product === undefined ? undefined : attachPlan(sql, scope, reference, product, { startsAt: now, billingCycleDay: product.billing_cycle_day })
}

/** Attaches plans by the ids of their products, as a specialty line asks for them (S4-18). @returns why not; then nothing was attached. */
export async function attachCallingPlans(
  sql: Transaction,
  scope: AccountScope,
  reference: PlanReference,
  productIds: readonly string[],
  now: Date,
): Promise<ApiFailure | undefined> {
  const products = new Map<string, CallingPlanProductRow>()
  for (const id of productIds) {
    const product = await findSoldProduct(sql, scope, id)
    if ('code' in product) return product
    products.set(id, product)
  }
  for (const product of products.values()) await attachPlan(sql, scope, reference, product, { startsAt: now })
  return undefined
}

/** A product of the partition that is still sold. */
export async function findSoldProduct(
  sql: Sql | Transaction,
  scope: { readonly partitionId: string },
  id: string,
): Promise<CallingPlanProductRow | ApiFailure> {
  const product = await sql.selectFrom('calling_plan_product').selectAll().where('id', '=', id).where('partition_id', '=', scope.partitionId).executeTakeFirst()
  if (product === undefined) return entityNotFound('CallingPlanProduct', id)
  return product.archived
    ? inConflict('CallingPlanProductArchived', `The calling plan "${product.name}" is archived and not given out any more.`, { id })
    : product
}

export async function billingDayOf(sql: Sql | Transaction, scope: AccountScope): Promise<number> {
  const account = await sql
    .selectFrom('account')
    .select('billing_cycle_day')
    .where('id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .executeTakeFirstOrThrow()
  return account.billing_cycle_day
}

import { billingCycleStart, nextBillingReset } from '@dialtone/rating'
import { type AccountScope, systemScope } from '../access/index.ts'
import type { Transaction } from '../database/index.ts'
import { billingDayOf } from './attach-plan.ts'
import type { CallingPlanRow } from './calling-plan-queries.ts'

/** The minutes of one billing cycle of a plan, locked until the transaction ends: two calls at once cannot spend the same second. */
export interface PlanPool {
  readonly plan: CallingPlanRow
  readonly secondsRemaining: number
  /** @param seconds never more than `secondsRemaining`. */
  take(seconds: number): Promise<void>
}

/**
 * The pool of the cycle that a moment lies in (S1-31). Minutes are renewed here, when they are next asked for, so neither downtime
 * nor a jump of the clock can lose or double a reset; what was left of the cycle before is kept, for the calls of it that arrive late.
 */
export async function lockPlanPool(sql: Transaction, planId: string, at: Date, now: Date): Promise<PlanPool> {
  const stored = await sql.selectFrom('calling_plan').selectAll().where('id', '=', planId).forNoKeyUpdate().executeTakeFirstOrThrow()
  // A call may be timed by a clock that runs a little ahead of ours.
  const latest = new Date(Math.max(now.getTime(), at.getTime()))
  const plan = stored.resets_at.getTime() > latest.getTime() ? stored : await renew(sql, stored, latest)
  if (at.getTime() < plan.cycle_starts_at.getTime()) return earlierPool(sql, plan, at)
  return {
    plan,
    secondsRemaining: Number(plan.seconds_remaining),
    take: async (seconds) => {
      const left = Number(plan.seconds_remaining) - seconds
      await sql.updateTable('calling_plan').set({ seconds_remaining: left }).where('id', '=', plan.id).execute()
    },
  }
}

async function renew(sql: Transaction, plan: CallingPlanRow, now: Date): Promise<CallingPlanRow> {
  await sql
    .insertInto('calling_plan_cycle')
    .values({
      calling_plan_id: plan.id,
      starts_at: plan.cycle_starts_at,
      ends_at: plan.resets_at,
      plan_minutes: plan.plan_minutes,
      seconds_remaining: plan.seconds_remaining,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const billingCycleDay = await billingDayOf(sql, systemScope(plan.partition_id, plan.account_id))
  // A plan that was changed in the price list has its new minutes from here on.
  const { plan_minutes: minutes } = await sql
    .selectFrom('calling_plan_product')
    .select('plan_minutes')
    .where('id', '=', plan.calling_plan_product_id)
    .executeTakeFirstOrThrow()
  const nowMs = now.getTime()
  return sql
    .updateTable('calling_plan')
    .set({
      plan_minutes: minutes,
      seconds_remaining: minutes * 60,
      cycle_starts_at: new Date(Math.max(billingCycleStart({ billingCycleDay, nowMs }), plan.resets_at.getTime())),
      resets_at: new Date(nextBillingReset({ billingCycleDay, nowMs })),
    })
    .where('id', '=', plan.id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** A cycle that is over. One in which nothing was ever asked, while the platform was down, begins with all its minutes. */
async function earlierPool(sql: Transaction, plan: CallingPlanRow, at: Date): Promise<PlanPool> {
  const stored = await sql
    .selectFrom('calling_plan_cycle')
    .selectAll()
    .where('calling_plan_id', '=', plan.id)
    .where('starts_at', '<=', at)
    .where('ends_at', '>', at)
    .executeTakeFirst()
  const cycle = stored ?? (await openEarlierCycle(sql, plan, at))
  return {
    plan,
    secondsRemaining: Number(cycle.seconds_remaining),
    take: async (seconds) => {
      await sql
        .updateTable('calling_plan_cycle')
        .set({ seconds_remaining: Number(cycle.seconds_remaining) - seconds })
        .where('calling_plan_id', '=', plan.id)
        .where('starts_at', '=', cycle.starts_at)
        .execute()
    },
  }
}

async function openEarlierCycle(sql: Transaction, plan: CallingPlanRow, at: Date) {
  const billingCycleDay = await billingDayOf(sql, systemScope(plan.partition_id, plan.account_id))
  const nowMs = at.getTime()
  return sql
    .insertInto('calling_plan_cycle')
    .values({
      calling_plan_id: plan.id,
      starts_at: new Date(billingCycleStart({ billingCycleDay, nowMs })),
      ends_at: new Date(Math.min(nextBillingReset({ billingCycleDay, nowMs }), plan.cycle_starts_at.getTime())),
      plan_minutes: plan.plan_minutes,
      seconds_remaining: plan.plan_minutes * 60,
    })
    .onConflict((conflict) => conflict.columns(['calling_plan_id', 'starts_at']).doUpdateSet((row) => ({ ends_at: row.ref('excluded.ends_at') })))
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** A new billing day holds from the next reset on: the cycle that runs ends then (S1-31). */
export async function rescheduleResets(sql: Transaction, scope: AccountScope, billingCycleDay: number, now: Date): Promise<void> {
  await sql
    .updateTable('calling_plan')
    .set({ resets_at: new Date(nextBillingReset({ billingCycleDay, nowMs: now.getTime() })) })
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where('resets_at', '>', now)
    .where('cycle_starts_at', '<=', now)
    .execute()
}

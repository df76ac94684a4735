import { areaCodeOf, isNanp, isTollFree } from '@dialtone/numbering'
import { type CallCharge, nextBillingReset, rateCall, type RatedPlan } from '@dialtone/rating'
import type { CallRecord } from '@dialtone/softswitch'
import type { Selectable } from 'kysely'
import { productOf } from '../calling-plans/index.ts'
import type { CallingPlanTable, Transaction } from '../database/index.ts'

export interface RatedCall {
  readonly charge: CallCharge
  readonly callingPlanProductId: string | undefined
  readonly callingPlanProductName: string | undefined
}

/** Rates a finished call and takes its minutes from the plan of who called; the plan's row is locked meanwhile. */
export async function chargeCall(sql: Transaction, record: CallRecord, answeredSeconds: number, now: Date): Promise<RatedCall> {
  const plan = await planOf(sql, record, Math.max(record.startedAtMs, now.getTime()))
  const { calledNumber } = record
  const isNumber = areaCodeOf(calledNumber) !== undefined
  const charge = rateCall({
    direction: record.direction,
    category: record.termCategory,
    answeredSeconds,
    onNet: record.termCategory === 'OnNet',
    plan: plan?.rated,
    tollFree: isNumber && isTollFree(calledNumber),
    international: calledNumber.length > 6 && !isNanp(calledNumber),
  })
  if (plan !== undefined && charge.secondsConsumed > 0) {
    await sql
      .updateTable('calling_plan')
      .set({ seconds_remaining: plan.rated.secondsRemaining - charge.secondsConsumed })
      .where('id', '=', plan.row.id)
      .execute()
  }
  return { charge, callingPlanProductId: plan?.row.calling_plan_product_id, callingPlanProductName: plan?.productName }
}

interface PlanInForce {
  readonly row: Selectable<CallingPlanTable>
  readonly rated: RatedPlan
  readonly productName: string
}

/** The caller's plan, its minutes renewed when its billing day has passed since the last call (S1-31). */
async function planOf(sql: Transaction, record: CallRecord, nowMs: number): Promise<PlanInForce | undefined> {
  if (record.callingUserId === undefined || record.direction === 'INBOUND') return undefined
  const stored = await sql
    .selectFrom('calling_plan')
    .selectAll()
    .where('account_id', '=', record.accountId)
    .where('reference_type', '=', 'END_USER')
    .where('reference_id', '=', record.callingUserId)
    .orderBy('start_date')
    .limit(1)
    .forUpdate()
    .executeTakeFirst()
  if (stored === undefined) return undefined
  const row = await renewed(sql, stored, nowMs)
  const product = await sql.selectFrom('calling_plan_product').selectAll().where('id', '=', row.calling_plan_product_id).executeTakeFirstOrThrow()
  const { name, planMinutes, terms } = productOf(product)
  const { overageRatePerMinute, ...rest } = terms
  return { row, productName: name, rated: { ...rest, planMinutes, secondsRemaining: Number(row.seconds_remaining), ratePerMinute: overageRatePerMinute } }
}

async function renewed(sql: Transaction, row: Selectable<CallingPlanTable>, nowMs: number): Promise<Selectable<CallingPlanTable>> {
  if (row.resets_at.getTime() > nowMs) return row
  const account = await sql.selectFrom('account').select('billing_cycle_day').where('id', '=', row.account_id).executeTakeFirstOrThrow()
  const resetsAt = new Date(nextBillingReset({ billingCycleDay: account.billing_cycle_day, nowMs }))
  return sql
    .updateTable('calling_plan')
    .set({ seconds_remaining: row.plan_minutes * 60, resets_at: resetsAt })
    .where('id', '=', row.id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

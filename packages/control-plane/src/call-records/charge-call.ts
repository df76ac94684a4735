import { isTollFree, tollFreeOriginOf } from '@dialtone/numbering'
import { callFactsOf, type CallCharge, rateCall, type RatedPlan } from '@dialtone/rating'
import type { CallRecord } from '@dialtone/softswitch'
import { type AccountScope, systemScope } from '../access/index.ts'
import { lockPlanPool, payersOf, type PlanPool, plansInForce, productOf, rateOfNumber } from '../calling-plans/index.ts'
import type { Transaction } from '../database/index.ts'
import { inboundRatesOf } from '../inbound-rate-plans/index.ts'
import { isLocalCall } from '../local-calling-areas/index.ts'

export interface RatedCall {
  readonly charge: CallCharge
  readonly callingPlanProductId: string | undefined
  readonly callingPlanProductName: string | undefined
  readonly local: boolean
}

export interface Charging {
  /** It came in for a trunk. */
  readonly trunkInbound: boolean
  /** When the call began, by the business clock. */
  readonly startedAt: Date
  readonly now: Date
}

/** Rates a finished call and takes its minutes from the plan that its caller used when it began; the pool is locked meanwhile. */
export async function chargeCall(sql: Transaction, record: CallRecord, answeredSeconds: number, charging: Charging): Promise<RatedCall> {
  const scope = systemScope(record.partitionId, record.accountId)
  const plan = await planOf(sql, scope, record, charging)
  const { calledNumber, direction, termCategory: category } = record
  const rate = plan === undefined ? undefined : await rateOfNumber(sql, plan.productId, calledNumber)
  const local = direction === 'OUTBOUND' && (await isLocalCall(sql, scope, record.callingNumber, calledNumber))
  const inboundRate = await inboundRateOf(sql, scope, record)
  const facts = callFactsOf({ direction, category, trunkInbound: charging.trunkInbound, inboundRate, calledNumber, local, plan: plan?.rated, rate })
  const charge = rateCall({ ...facts, answeredSeconds })
  if (plan !== undefined && charge.secondsConsumed > 0) await plan.take(charge.secondsConsumed)
  return { charge, callingPlanProductId: plan?.productId, callingPlanProductName: plan?.productName, local }
}

/** What a minute of a call from outside to a toll-free number costs who has it, by the plan that the account names; without one nothing. */
async function inboundRateOf(sql: Transaction, scope: AccountScope, record: CallRecord): Promise<string | undefined> {
  const { direction, calledNumber, callingNumber, origCategory } = record
  const origin = tollFreeOriginOf(callingNumber)
  if (direction !== 'INBOUND' || origCategory !== 'OffNet' || origin === undefined || !isTollFree(calledNumber)) return undefined
  return (await inboundRatesOf(sql, scope.accountId))?.[origin]?.rate
}

interface PlanInForce {
  readonly productId: string
  readonly productName: string
  readonly rated: RatedPlan
  take(seconds: number): Promise<void>
}

/** The plan whose minutes were reserved; otherwise the first in use that has minutes left, without any the first. */
async function planOf(sql: Transaction, scope: AccountScope, record: CallRecord, { startedAt, now }: Charging): Promise<PlanInForce | undefined> {
  if (record.direction === 'INBOUND') return undefined
  const plans = await plansOfCaller(sql, scope, record, startedAt)
  // Always in the same order, so that two calls never wait for each other's pools.
  const ids = [...new Set(plans.map(({ plan }) => plan.id))].toSorted()
  const pools: PlanPool[] = []
  for (const id of ids) pools.push(await lockPlanPool(sql, id, startedAt, now))
  const inOrder = plans.flatMap(({ plan }) => pools.filter((pool) => pool.plan.id === plan.id))
  const reserved = record.authorization?.planId
  const pool = inOrder.find((one) => one.plan.id === reserved) ?? inOrder.find(({ secondsRemaining }) => secondsRemaining > 0) ?? inOrder[0]
  if (pool === undefined) return undefined
  const product = await sql.selectFrom('calling_plan_product').selectAll().where('id', '=', pool.plan.calling_plan_product_id).executeTakeFirstOrThrow()
  const { name, planMinutes, terms } = productOf(product)
  const { overageRatePerMinute, ...rest } = terms
  const rated: RatedPlan = { ...rest, planMinutes, secondsRemaining: pool.secondsRemaining, ratePerMinute: overageRatePerMinute }
  return { productId: product.id, productName: name, rated, take: (seconds) => pool.take(seconds) }
}

/** Those of the user, trunk or line that called; failing these the plan of the account itself. */
async function plansOfCaller(sql: Transaction, scope: AccountScope, record: CallRecord, at: Date) {
  const { callingUserId: userId, callingLineId: lineId, accountId } = record
  for (const reference of payersOf({ userId, lineId, accountId })) {
    const plans = await plansInForce(sql, scope, reference, at)
    if (plans.length > 0) return plans
  }
  return []
}

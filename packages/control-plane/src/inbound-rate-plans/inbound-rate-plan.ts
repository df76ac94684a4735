import { newId } from '@dialtone/foundation'
import type { Selectable } from 'kysely'
import type { PartitionScope } from '../access/index.ts'
import type { InboundRatePlanProductTable, Sql, Transaction } from '../database/index.ts'

export type InboundRatePlanRow = Selectable<InboundRatePlanProductTable>

/** Toll-free calls are paid by who is called; the key is the origin of the call. */
const DEFAULT_RATES = {
  US: { rate: '0.030000', allowCalls: true },
  CANADA: { rate: '0.050000', allowCalls: true },
  CARIBBEAN: { rate: '0.250000', allowCalls: false },
  PAYPHONE: { rate: '0.550000', allowCalls: true },
} as const

/** Every partition has a plan for calls to its toll-free numbers from the start. */
export async function insertDefaultInboundRatePlan(sql: Transaction, partitionId: string, now: Date): Promise<void> {
  await sql
    .insertInto('inbound_rate_plan_product')
    .values({ id: newId(), partition_id: partitionId, name: 'Standard inbound', default_plan: true, rates: JSON.stringify(DEFAULT_RATES), created_at: now })
    .execute()
}

export function listInboundRatePlans(sql: Sql, scope: PartitionScope): Promise<InboundRatePlanRow[]> {
  return sql.selectFrom('inbound_rate_plan_product').selectAll().where('partition_id', '=', scope.partitionId).orderBy('created_at').limit(1000).execute()
}

/** The rates of the plan an account names, by origin. */
export async function inboundRatesOf(sql: Sql | Transaction, accountId: string): Promise<InboundRatePlanRow['rates'] | undefined> {
  const plan = await sql
    .selectFrom('account')
    .innerJoin('inbound_rate_plan_product as plan', 'plan.id', 'account.inbound_rate_plan_product_id')
    .select('plan.rates')
    .where('account.id', '=', accountId)
    .executeTakeFirst()
  return plan?.rates
}

export function findInboundRatePlan(sql: Sql | Transaction, scope: PartitionScope, id: string): Promise<InboundRatePlanRow | undefined> {
  return sql.selectFrom('inbound_rate_plan_product').selectAll().where('id', '=', id).where('partition_id', '=', scope.partitionId).executeTakeFirst()
}

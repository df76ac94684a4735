import type { RoutingSnapshot } from '@dialtone/call-routing'
import type { Selectable } from 'kysely'
import type { AccountTable, Sql } from '../database/index.ts'
import { partitionDefaults } from '../partitions/index.ts'
import { ofAccounts } from './of-accounts.ts'

/** The account itself, unless it is deleted. */
export async function accountRow(sql: Sql, accountId: string): Promise<Selectable<AccountTable> | undefined> {
  return (await accountsWith(sql, accountId))[0]
}

/** What a partition says of itself, and what stands where it says nothing. */
export async function defaultsOf(sql: Sql, partitionId: string) {
  const [found] = await defaultsWith(sql, partitionId)
  return found?.defaults ?? partitionDefaults(sql, { partitionId })
}

/** From where the plan of an account takes no calls to toll-free numbers. */
export async function tollFreeRefusedBy(sql: Sql, planId: string | null): Promise<RoutingSnapshot['tollFreeRefused']> {
  if (planId === null) return undefined
  const [plan] = await inboundPlansWith(sql, planId)
  const refused = ORIGINS.filter((origin) => plan?.rates[origin]?.allowCalls === false)
  return refused.length === 0 ? undefined : refused
}

const ORIGINS = ['US', 'CANADA', 'CARIBBEAN'] as const

const inboundPlansWith = ofAccounts(
  (sql, ids) => sql.selectFrom('inbound_rate_plan_product').select(['id', 'rates']).where('id', 'in', ids).execute(),
  (row) => row.id,
)

const accountsWith = ofAccounts(
  (sql, ids) => sql.selectFrom('account').selectAll().where('id', 'in', ids).where('status', '<>', 'DELETED').execute(),
  (row) => row.id,
)

const defaultsWith = ofAccounts(
  (sql, partitionIds) => Promise.all(partitionIds.map(async (partitionId) => ({ partitionId, defaults: await partitionDefaults(sql, { partitionId }) }))),
  ({ partitionId }) => partitionId,
)

import { newId } from '@dialtone/foundation'
import type { Insertable, Selectable } from 'kysely'
import type { AccountScope, PartitionScope } from '../access/index.ts'
import type { CallingPlanTable, CallingPlanUseTable, Sql, Transaction } from '../database/index.ts'
import type { PlanReference } from './plan-reference.ts'

export type CallingPlanRow = Selectable<CallingPlanTable>
export type CallingPlanUseRow = Selectable<CallingPlanUseTable>

/** A plan as one reference uses it: from when to when, and who. */
export interface UsedPlan {
  readonly plan: CallingPlanRow
  readonly use: CallingPlanUseRow
}

type Executor = Sql | Transaction

export function insertCallingPlan(sql: Transaction, row: Insertable<CallingPlanTable>): Promise<CallingPlanRow> {
  return sql.insertInto('calling_plan').values(row).returningAll().executeTakeFirstOrThrow()
}

export function insertUse(sql: Transaction, scope: AccountScope, reference: PlanReference, planId: string, startsAt: Date): Promise<CallingPlanUseRow> {
  return sql
    .insertInto('calling_plan_use')
    .values({
      id: newId(),
      partition_id: scope.partitionId,
      account_id: scope.accountId,
      reference_type: reference.referenceType,
      reference_id: reference.referenceId,
      calling_plan_id: planId,
      starts_at: startsAt,
      ends_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** The plans of an account that are in force or to come, of one reference or of all; oldest use first. */
export async function listCallingPlans(
  sql: Executor,
  scope: AccountScope,
  now: Date,
  reference?: { referenceType?: string | undefined; referenceId?: string | undefined },
): Promise<readonly UsedPlan[]> {
  let uses = sql
    .selectFrom('calling_plan_use')
    .selectAll()
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where((use) => use.or([use('ends_at', 'is', null), use('ends_at', '>', now)]))
  if (reference?.referenceType !== undefined) uses = uses.where('reference_type', '=', reference.referenceType)
  if (reference?.referenceId !== undefined) uses = uses.where('reference_id', '=', reference.referenceId)
  return joined(sql, scope, await uses.orderBy('starts_at').orderBy('id').execute())
}

/** The plans that accounts themselves have, by account. */
export async function plansOfAccounts(
  sql: Executor,
  scope: PartitionScope,
  accountIds: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, readonly UsedPlan[]>> {
  if (accountIds.length === 0) return new Map()
  const uses = await sql
    .selectFrom('calling_plan_use')
    .selectAll()
    .where('account_id', 'in', accountIds)
    .where('partition_id', '=', scope.partitionId)
    .where('reference_type', '=', 'ACCOUNT')
    .where((use) => use.or([use('ends_at', 'is', null), use('ends_at', '>', now)]))
    .orderBy('starts_at')
    .execute()
  return Map.groupBy(await joined(sql, scope, uses), ({ use }) => use.account_id)
}

/** What one reference uses at a moment. */
export async function plansInForce(sql: Executor, scope: AccountScope, reference: PlanReference, at: Date): Promise<readonly UsedPlan[]> {
  const plans = await listCallingPlans(sql, scope, at, reference)
  return plans.filter(({ use }) => use.starts_at.getTime() <= at.getTime())
}

async function joined(sql: Executor, scope: PartitionScope, uses: readonly CallingPlanUseRow[]): Promise<readonly UsedPlan[]> {
  if (uses.length === 0) return []
  const plans = await sql
    .selectFrom('calling_plan')
    .selectAll()
    .where('partition_id', '=', scope.partitionId)
    .where('id', 'in', [...new Set(uses.map((use) => use.calling_plan_id))])
    .execute()
  const byId = new Map(plans.map((plan) => [plan.id, plan]))
  return uses.flatMap((use) => {
    const plan = byId.get(use.calling_plan_id)
    return plan === undefined ? [] : [{ plan, use }]
  })
}

/** Ends what a reference uses, now or at the billing day; what was to begin later never does. */
export async function endUses(sql: Transaction, scope: AccountScope, reference: PlanReference, at: Date): Promise<void> {
  const { accountId: account } = scope
  const { referenceType: type, referenceId: id } = reference
  await sql
    .deleteFrom('calling_plan_use')
    .where('account_id', '=', account)
    .where('reference_type', '=', type)
    .where('reference_id', '=', id)
    .where('starts_at', '>=', at)
    .execute()
  await sql
    .updateTable('calling_plan_use')
    .set({ ends_at: at })
    .where('account_id', '=', account)
    .where('reference_type', '=', type)
    .where('reference_id', '=', id)
    .where((use) => use.or([use('ends_at', 'is', null), use('ends_at', '>', at)]))
    .execute()
}

/** Who else draws from the plans that a reference owns. */
export async function sharersOf(sql: Transaction, scope: AccountScope, reference: PlanReference, now: Date): Promise<readonly PlanReference[]> {
  const rows = await sql
    .selectFrom('calling_plan_use')
    .innerJoin('calling_plan', 'calling_plan.id', 'calling_plan_use.calling_plan_id')
    .select(['calling_plan_use.reference_type', 'calling_plan_use.reference_id'])
    .where('calling_plan.account_id', '=', scope.accountId)
    .where('calling_plan.partition_id', '=', scope.partitionId)
    .where('calling_plan.reference_type', '=', reference.referenceType)
    .where('calling_plan.reference_id', '=', reference.referenceId)
    .where('calling_plan_use.reference_id', '<>', reference.referenceId)
    .where((use) => use.or([use('calling_plan_use.ends_at', 'is', null), use('calling_plan_use.ends_at', '>', now)]))
    .execute()
  return rows.map((row) => ({ referenceType: row.reference_type as PlanReference['referenceType'], referenceId: row.reference_id }))
}

/** Takes plans along with what used them; nobody else may draw from them any more. */
export async function removeCallingPlans(sql: Transaction, scope: AccountScope, referenceType: string, referenceId: string): Promise<void> {
  const owned = sql
    .selectFrom('calling_plan')
    .select('id')
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where('reference_type', '=', referenceType)
    .where('reference_id', '=', referenceId)
  await sql
    .deleteFrom('calling_plan_use')
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where((use) => use.or([use('calling_plan_id', 'in', owned), use.and([use('reference_type', '=', referenceType), use('reference_id', '=', referenceId)])]))
    .execute()
  await sql
    .deleteFrom('calling_plan')
    .where('id', 'in', owned)
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .execute()
}

/** Nothing of a deleted account uses a plan any more; what was used stays to be billed. */
export async function endPlansOf(sql: Transaction, scope: AccountScope, now: Date): Promise<void> {
  await sql
    .updateTable('calling_plan_use')
    .set({ ends_at: now })
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where((use) => use.or([use('ends_at', 'is', null), use('ends_at', '>', now)]))
    .execute()
}

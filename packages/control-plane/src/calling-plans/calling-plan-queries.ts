import type { Insertable, Selectable } from 'kysely'
import type { AccountScope } from '../access/index.ts'
import type { CallingPlanTable, Sql, Transaction } from '../database/index.ts'

export type CallingPlanRow = Selectable<CallingPlanTable>

export function insertCallingPlan(sql: Transaction, row: Insertable<CallingPlanTable>): Promise<CallingPlanRow> {
  return sql.insertInto('calling_plan').values(row).returningAll().executeTakeFirstOrThrow()
}

/** The plans of an account, of one user or of all. */
export function listCallingPlans(
  sql: Sql | Transaction,
  scope: AccountScope,
  reference?: { referenceType?: string | undefined; referenceId?: string | undefined },
): Promise<CallingPlanRow[]> {
  let query = sql.selectFrom('calling_plan').selectAll().where('account_id', '=', scope.accountId).where('partition_id', '=', scope.partitionId)
  if (reference?.referenceType !== undefined) query = query.where('reference_type', '=', reference.referenceType)
  if (reference?.referenceId !== undefined) query = query.where('reference_id', '=', reference.referenceId)
  return query.orderBy('start_date').execute()
}

export async function removeCallingPlans(sql: Transaction, scope: AccountScope, referenceType: string, referenceId: string): Promise<void> {
  await sql
    .deleteFrom('calling_plan')
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where('reference_type', '=', referenceType)
    .where('reference_id', '=', referenceId)
    .execute()
}

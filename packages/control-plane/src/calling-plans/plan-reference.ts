import type { AccountScope } from '../access/index.ts'
import type { Sql, Transaction } from '../database/index.ts'

export const PLAN_REFERENCE_TYPES = ['SIP_TRUNK', 'END_USER', 'IVR', 'ACCOUNT', 'SPECIALTY_LINE', 'CONTACT_CENTER'] as const

/** Who uses a plan. */
export interface PlanReference {
  readonly referenceType: (typeof PLAN_REFERENCE_TYPES)[number]
  readonly referenceId: string
}

/** Whose plan pays for a call: that of the user, trunk or line that makes it; failing these that of the account itself. */
export function payersOf(caller: {
  readonly userId: string | undefined
  readonly lineId: string | undefined
  readonly accountId: string
}): readonly PlanReference[] {
  const { userId, lineId, accountId } = caller
  const account: PlanReference = { referenceType: 'ACCOUNT', referenceId: accountId }
  if (userId !== undefined) return [{ referenceType: 'END_USER', referenceId: userId }, account]
  if (lineId === undefined) return [account]
  return [{ referenceType: 'SIP_TRUNK', referenceId: lineId }, { referenceType: 'SPECIALTY_LINE', referenceId: lineId }, account]
}

/** The name of what a reference points at, or undefined when the account holds nothing of that kind and id. */
export async function nameOfReference(sql: Sql | Transaction, scope: AccountScope, reference: PlanReference): Promise<string | undefined> {
  const { referenceType, referenceId } = reference
  if (referenceType === 'ACCOUNT') {
    if (referenceId !== scope.accountId) return undefined
    const account = await sql
      .selectFrom('account')
      .select('account_name')
      .where('id', '=', scope.accountId)
      .where('partition_id', '=', scope.partitionId)
      .executeTakeFirst()
    return account?.account_name
  }
  // There is no contact center yet, so nothing on any account has such an id.
  if (referenceType === 'CONTACT_CENTER') return undefined
  const object = await sql
    .selectFrom('account_object')
    .select('name')
    .where('type', '=', referenceType)
    .where('id', '=', referenceId)
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .executeTakeFirst()
  return object?.name
}

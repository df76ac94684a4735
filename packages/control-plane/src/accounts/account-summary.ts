import Type from 'typebox'
import type { PartitionScope } from '../access/index.ts'
import type { Sql } from '../database/index.ts'
import { named } from '../http/index.ts'

/** An account in a list of findings. */
export interface AccountSummary {
  readonly partitionId: string
  readonly id: string
  readonly accountNumber: string
  readonly accountName: string
  readonly type: string
  readonly accountStatus: string
  readonly platformType: string
  /** Milliseconds since 1970, as the interface has it here (public-spec section 2). */
  readonly platformChangeDate?: number
}

export const AccountSummaryView = named(
  'AccountView',
  Type.Object({
    partitionId: Type.String(),
    id: Type.String(),
    accountNumber: Type.String(),
    accountName: Type.String(),
    type: Type.String(),
    accountStatus: Type.String(),
    platformType: Type.String(),
    platformChangeDate: Type.Optional(Type.Integer()),
    matches: Type.Optional(Type.Record(Type.String(), Type.String())),
  }),
)

/** In the order of the ids; those that are gone are left out. */
export async function summariesOf(sql: Sql, scope: PartitionScope, accountIds: readonly string[]): Promise<readonly AccountSummary[]> {
  if (accountIds.length === 0) return []
  const rows = await sql
    .selectFrom('account')
    .select(['id', 'account_number', 'account_name', 'account_type', 'status', 'platform_type', 'platform_changed_at'])
    .where('id', 'in', accountIds)
    .where('partition_id', '=', scope.partitionId)
    .where('status', '<>', 'DELETED')
    .execute()
  const byId = new Map(rows.map((row) => [row.id, row]))
  return accountIds.flatMap((id) => {
    const row = byId.get(id)
    if (row === undefined) return []
    return [
      {
        partitionId: scope.partitionId,
        id,
        accountNumber: row.account_number,
        accountName: row.account_name,
        type: row.account_type,
        accountStatus: row.status,
        platformType: row.platform_type,
        ...(row.platform_changed_at === null ? {} : { platformChangeDate: row.platform_changed_at.getTime() }),
      },
    ]
  })
}

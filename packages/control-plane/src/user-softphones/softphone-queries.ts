import type { Selectable } from 'kysely'
import type { AccountScope } from '../access/index.ts'
import type { Sql, Transaction, UserSoftphoneTable } from '../database/index.ts'

export type SoftphoneRow = Selectable<UserSoftphoneTable>

export function findSoftphone(sql: Sql | Transaction, scope: AccountScope, userId: string): Promise<SoftphoneRow | undefined> {
  return sql
    .selectFrom('user_softphone')
    .selectAll()
    .where('user_id', '=', userId)
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .executeTakeFirst()
}

/** @param userId of a user whose row is locked. */
export async function storeSoftphone(sql: Transaction, scope: AccountScope, userId: string, lineId: string | null, now: Date): Promise<void> {
  await sql
    .insertInto('user_softphone')
    .values({ user_id: userId, line_id: lineId, partition_id: scope.partitionId, account_id: scope.accountId, created_at: now })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ line_id: lineId }))
    .execute()
}

export async function forgetSoftphone(sql: Transaction, scope: AccountScope, userId: string): Promise<void> {
  await sql.deleteFrom('user_softphone').where('user_id', '=', userId).where('account_id', '=', scope.accountId).execute()
}

export interface SoftphoneUser {
  readonly id: string
  readonly first_name: string
  readonly last_name: string
  readonly user_product_plan: string | null
}

export function findSoftphoneUser(sql: Sql, scope: AccountScope, userId: string): Promise<SoftphoneUser | undefined> {
  return users(sql, scope).where('id', '=', userId).executeTakeFirst()
}

export function lockSoftphoneUser(sql: Transaction, scope: AccountScope, userId: string): Promise<SoftphoneUser | undefined> {
  return users(sql, scope).where('id', '=', userId).forUpdate().executeTakeFirst()
}

function users(sql: Sql | Transaction, scope: AccountScope) {
  return sql
    .selectFrom('end_user')
    .select(['id', 'first_name', 'last_name', 'user_product_plan'])
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
}

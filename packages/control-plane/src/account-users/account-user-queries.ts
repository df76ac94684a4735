import type { Selectable } from 'kysely'
import type { AccountScope } from '../access/index.ts'
import type { AccountUserTable, Sql, Transaction } from '../database/index.ts'
import type { PasswordOwner } from '../passwords/index.ts'
import type { RoleRow } from '../roles/index.ts'

export type AccountUserRow = Selectable<AccountUserTable>

export interface ShownAccountUser {
  readonly row: AccountUserRow
  readonly roles: readonly RoleRow[]
}

type Executor = Sql | Transaction

export function listAccountUsers(sql: Executor, scope: AccountScope, limit: number): Promise<AccountUserRow[]> {
  return inAccount(sql, scope).orderBy('created_at').orderBy('id').limit(limit).execute()
}

/** By id, or by user name in any case. */
export function findAccountUser(sql: Executor, scope: AccountScope, named: string, idType: 'Id' | 'UserName' = 'Id'): Promise<AccountUserRow | undefined> {
  const query = inAccount(sql, scope)
  return (
    idType === 'Id' ? query.where('id', '=', named) : query.where((row) => row(row.fn('lower', ['username']), '=', named.toLowerCase()))
  ).executeTakeFirst()
}

export function lockAccountUser(sql: Transaction, scope: AccountScope, id: string): Promise<AccountUserRow | undefined> {
  return inAccount(sql, scope).where('id', '=', id).forUpdate().executeTakeFirst()
}

export function ownerOf(row: AccountUserRow): PasswordOwner {
  return {
    userType: 'AccountUser',
    userId: row.id,
    partitionId: row.partition_id,
    accountId: row.account_id,
    username: row.username,
    emailAddress: row.email_address ?? undefined,
    firstName: row.first_name,
    lastName: row.last_name,
  }
}

function inAccount(sql: Executor, scope: AccountScope) {
  return sql.selectFrom('account_user').selectAll().where('account_id', '=', scope.accountId).where('partition_id', '=', scope.partitionId)
}

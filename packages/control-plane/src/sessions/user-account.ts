import type { Permissions, Principal } from '../access/index.ts'
import { OWN_USER_PERMISSIONS } from '../access/index.ts'
import type { Sql } from '../database/index.ts'

/** Whoever can log in: an operator of the platform or an end user with portal access (C-66). */
export interface LoginUser {
  readonly userId: string
  readonly userType: Principal['userType']
  readonly endUserType: string | undefined
  readonly username: string
  readonly emailAddress: string | undefined
  readonly firstName: string
  readonly lastName: string
  readonly partitionId: string
  readonly accountId: string | undefined
  readonly permissions: Permissions
  readonly mustChangePassword: boolean
  readonly passwordHash: string | undefined
}

/** By user name, or by e-mail address when exactly one user with portal access has it (S1-50). */
export async function findLoginUser(sql: Sql, name: string): Promise<LoginUser | undefined> {
  const lower = name.toLowerCase()
  const manager = await managers(sql)
    .where((expression) => expression(expression.fn('lower', ['username']), '=', lower))
    .executeTakeFirst()
  if (manager !== undefined) return managerOf(manager)
  const byUsername = await endUsers(sql)
    .where((expression) => expression(expression.fn('lower', ['username']), '=', lower))
    .executeTakeFirst()
  if (byUsername !== undefined) return endUserOf(byUsername)
  const byEmail = await endUsers(sql)
    .where((expression) => expression(expression.fn('lower', ['email_address']), '=', lower))
    .limit(2)
    .execute()
  const [only, second] = byEmail
  return only === undefined || second !== undefined ? undefined : endUserOf(only)
}

export async function readLoginUser(sql: Sql, userType: string, userId: string): Promise<LoginUser | undefined> {
  if (userType === 'ManagementUser') {
    const row = await managers(sql).where('id', '=', userId).executeTakeFirst()
    return row === undefined ? undefined : managerOf(row)
  }
  const row = await endUsers(sql).where('id', '=', userId).executeTakeFirst()
  return row === undefined ? undefined : endUserOf(row)
}

/** The partition itself and everything below it. */
export async function visiblePartitions(sql: Sql, partitionId: string): Promise<readonly string[]> {
  const rows = await sql
    .withRecursive('tree', (query) =>
      query
        .selectFrom('partition')
        .select('partition.id as id')
        .where('partition.id', '=', partitionId)
        .unionAll(query.selectFrom('partition').innerJoin('tree', 'tree.id', 'partition.parent_id').select('partition.id as id')),
    )
    .selectFrom('tree')
    .select('id')
    .execute()
  return rows.map((row) => row.id)
}

function managers(sql: Sql) {
  return sql
    .selectFrom('management_user')
    .select(['id', 'partition_id', 'username', 'password_hash', 'first_name', 'last_name', 'permissions', 'must_change_password'])
}

function endUsers(sql: Sql) {
  return sql
    .selectFrom('end_user')
    .select([
      'id',
      'partition_id',
      'account_id',
      'username',
      'email_address',
      'password_hash',
      'first_name',
      'last_name',
      'end_user_type',
      'must_change_password',
    ])
    .where('allow_portal_access', '=', true)
}

function managerOf(row: Awaited<ReturnType<ReturnType<typeof managers>['executeTakeFirstOrThrow']>>): LoginUser {
  return {
    userId: row.id,
    userType: 'ManagementUser',
    endUserType: undefined,
    username: row.username,
    emailAddress: row.username.includes('@') ? row.username : undefined,
    firstName: row.first_name,
    lastName: row.last_name,
    partitionId: row.partition_id,
    accountId: undefined,
    permissions: row.permissions,
    mustChangePassword: row.must_change_password,
    passwordHash: row.password_hash,
  }
}

function endUserOf(row: Awaited<ReturnType<ReturnType<typeof endUsers>['executeTakeFirstOrThrow']>>): LoginUser {
  return {
    userId: row.id,
    userType: 'EndUser',
    endUserType: row.end_user_type,
    username: row.username ?? row.email_address ?? row.id,
    emailAddress: row.email_address ?? undefined,
    firstName: row.first_name,
    lastName: row.last_name,
    partitionId: row.partition_id,
    accountId: row.account_id,
    permissions: OWN_USER_PERMISSIONS,
    mustChangePassword: row.must_change_password,
    passwordHash: row.password_hash ?? undefined,
  }
}

import { ACCOUNT_USER_PERMISSIONS, endUserPermissions, type Permissions, type Principal, unionOf, visiblePartitions } from '../access/index.ts'
import type { Context } from '../context.ts'
import { grantsOfUser } from '../roles/index.ts'

/** Whoever can log in: an operator of the platform, an administrator of one account, or an end user with portal access (C-66). */
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
  readonly grants: readonly Permissions[]
  readonly mustChangePassword: boolean
  readonly passwordHash: string | undefined
}

interface Where {
  readonly database: Context['database']
  readonly settings: Pick<Context['settings'], 'environment'>
}

/** By user name, or by e-mail address when exactly one user with portal access has it (S1-50). */
export async function findLoginUser(context: Where, name: string): Promise<LoginUser | undefined> {
  const { sql } = context.database
  const lower = name.toLowerCase()
  const known = await sql.selectFrom('login_name').select(['user_type', 'user_id']).where('name', '=', lower).executeTakeFirst()
  if (known !== undefined) return readLoginUser(context, known.user_type, known.user_id)
  const byEmail = await endUsers(context)
    .where((expression) => expression(expression.fn('lower', ['email_address']), '=', lower))
    .limit(2)
    .execute()
  const [only, second] = byEmail
  return only === undefined || second !== undefined ? undefined : endUserOf(only)
}

/** Only in an active partition of this environment (C-10), and of an account that is not deleted. */
export async function readLoginUser(context: Where, userType: string, userId: string): Promise<LoginUser | undefined> {
  if (userType === 'ManagementUser') {
    const row = await managers(context).where('management_user.id', '=', userId).executeTakeFirst()
    return row === undefined ? undefined : managerOf(row, await grantsOfUser(context.database.sql, 'ManagementUser', userId))
  }
  if (userType === 'AccountUser') {
    const row = await accountUsers(context).where('account_user.id', '=', userId).executeTakeFirst()
    return row === undefined ? undefined : accountUserOf(row, await grantsOfUser(context.database.sql, 'AccountUser', userId))
  }
  const row = await endUsers(context).where('end_user.id', '=', userId).executeTakeFirst()
  return row === undefined ? undefined : endUserOf(row)
}

export async function principalOf(context: Where, user: LoginUser): Promise<Principal> {
  return {
    userId: user.userId,
    userType: user.userType,
    username: user.username,
    partitionId: user.partitionId,
    visiblePartitionIds: user.accountId === undefined ? await visiblePartitions(context.database.sql, user.partitionId) : [user.partitionId],
    accountId: user.accountId,
    permissions: unionOf(user.grants),
    grants: user.grants,
    ...(user.endUserType === undefined ? {} : { endUserType: user.endUserType }),
  }
}

function managers(context: Where) {
  return context.database.sql
    .selectFrom('management_user')
    .innerJoin('partition', 'partition.id', 'management_user.partition_id')
    .select([
      'management_user.id',
      'management_user.partition_id',
      'management_user.username',
      'management_user.password_hash',
      'management_user.first_name',
      'management_user.last_name',
      'management_user.must_change_password',
    ])
    .where('partition.environment', '=', context.settings.environment)
    .where('partition.status', '<>', 'ARCHIVED')
}

function accountUsers(context: Where) {
  return context.database.sql
    .selectFrom('account_user')
    .innerJoin('partition', 'partition.id', 'account_user.partition_id')
    .innerJoin('account', 'account.id', 'account_user.account_id')
    .select([
      'account_user.id',
      'account_user.partition_id',
      'account_user.account_id',
      'account_user.username',
      'account_user.email_address',
      'account_user.password_hash',
      'account_user.first_name',
      'account_user.last_name',
      'account_user.must_change_password',
    ])
    .where('partition.environment', '=', context.settings.environment)
    .where('partition.status', '<>', 'ARCHIVED')
    .where('account.status', 'not in', ['DELETED', 'DISABLED'])
}

function endUsers(context: Where) {
  return (
    context.database.sql
      .selectFrom('end_user')
      .innerJoin('partition', 'partition.id', 'end_user.partition_id')
      .innerJoin('account', 'account.id', 'end_user.account_id')
      .select([
        'end_user.id',
        'end_user.partition_id',
        'end_user.account_id',
        'end_user.username',
        'end_user.email_address',
        'end_user.password_hash',
        'end_user.first_name',
        'end_user.last_name',
        'end_user.end_user_type',
        'end_user.must_change_password',
      ])
      .where('partition.environment', '=', context.settings.environment)
      .where('partition.status', '<>', 'ARCHIVED')
      .where('end_user.allow_portal_access', '=', true)
      // Nobody of a disabled account logs in (public-spec section 7).
      .where('account.status', 'not in', ['DELETED', 'DISABLED'])
  )
}

function managerOf(row: Awaited<ReturnType<ReturnType<typeof managers>['executeTakeFirstOrThrow']>>, grants: readonly Permissions[]): LoginUser {
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
    grants,
    mustChangePassword: row.must_change_password,
    passwordHash: row.password_hash ?? undefined,
  }
}

function accountUserOf(row: Awaited<ReturnType<ReturnType<typeof accountUsers>['executeTakeFirstOrThrow']>>, grants: readonly Permissions[]): LoginUser {
  return {
    userId: row.id,
    userType: 'AccountUser',
    endUserType: undefined,
    username: row.username,
    emailAddress: row.email_address ?? undefined,
    firstName: row.first_name,
    lastName: row.last_name,
    partitionId: row.partition_id,
    accountId: row.account_id,
    // The specification gives account users no roles: without one they are what the platform means by an account's administrator.
    grants: grants.length === 0 ? [ACCOUNT_USER_PERMISSIONS] : grants,
    mustChangePassword: row.must_change_password,
    passwordHash: row.password_hash ?? undefined,
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
    grants: [endUserPermissions(row.end_user_type)],
    mustChangePassword: row.must_change_password,
    passwordHash: row.password_hash ?? undefined,
  }
}

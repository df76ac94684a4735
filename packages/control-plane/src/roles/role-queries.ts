import { newId } from '@dialtone/foundation'
import type { Selectable } from 'kysely'
import { EVERY_PERMISSION, type PartitionScope, type Permissions, permissionsOf } from '../access/index.ts'
import type { SecurityRoleTable, Sql, Transaction } from '../database/index.ts'

export type RoleRow = Selectable<SecurityRoleTable>
export type RoleUserType = 'ManagementUser' | 'AccountUser'

type Executor = Sql | Transaction

const ROLES_OF = { ManagementUser: 'management_user_role', AccountUser: 'account_user_role' } as const
const ADMINISTRATOR = 'Administrator'

/** The role every new partition has from the start: everything. */
export async function insertAdministratorRole(sql: Transaction, partitionId: string, now: Date): Promise<string> {
  const id = newId()
  await sql
    .insertInto('security_role')
    .values({
      id,
      partition_id: partitionId,
      name: ADMINISTRATOR,
      user_type: 'ManagementUser',
      permissions: JSON.stringify(EVERY_PERMISSION),
      created_at: now,
      updated_at: now,
    })
    .execute()
  return id
}

/** What each role of a user gives; a user without a role has nothing from here. */
export async function grantsOfUser(sql: Executor, userType: RoleUserType, userId: string): Promise<readonly Permissions[]> {
  const rows = await sql
    .selectFrom('security_role')
    .innerJoin(`${ROLES_OF[userType]} as has`, 'has.role_id', 'security_role.id')
    .select('security_role.permissions')
    .where('has.user_id', '=', userId)
    .execute()
  return rows.map((row) => permissionsOf(row.permissions))
}

/** The roles of several users, by user. */
export async function rolesOfUsers(sql: Executor, userType: RoleUserType, userIds: readonly string[]): Promise<ReadonlyMap<string, readonly RoleRow[]>> {
  if (userIds.length === 0) return new Map()
  const rows = await sql
    .selectFrom('security_role')
    .innerJoin(`${ROLES_OF[userType]} as has`, 'has.role_id', 'security_role.id')
    .selectAll('security_role')
    .select('has.user_id as user_id')
    .where('has.user_id', 'in', [...userIds])
    .orderBy('security_role.name')
    .execute()
  return Map.groupBy(rows, (row) => row.user_id)
}

export async function replaceRolesOfUser(sql: Transaction, userType: RoleUserType, userId: string, roles: readonly Pick<RoleRow, 'id'>[]): Promise<void> {
  const table = ROLES_OF[userType]
  await sql.deleteFrom(table).where('user_id', '=', userId).execute()
  if (roles.length > 0)
    await sql
      .insertInto(table)
      .values(roles.map((role) => ({ user_id: userId, role_id: role.id })))
      .execute()
}

export function findRole(sql: Executor, scope: PartitionScope, id: string): Promise<RoleRow | undefined> {
  return inPartition(sql, scope).where('id', '=', id).executeTakeFirst()
}

export function lockRole(sql: Transaction, scope: PartitionScope, id: string): Promise<RoleRow | undefined> {
  return inPartition(sql, scope).where('id', '=', id).forUpdate().executeTakeFirst()
}

export function listRoles(sql: Executor, scope: PartitionScope, limit: number): Promise<RoleRow[]> {
  return inPartition(sql, scope).orderBy('name').orderBy('id').limit(limit).execute()
}

/** Roles by name or id, kept from being deleted until the transaction ends. */
export function lockNamedRoles(sql: Transaction, scope: PartitionScope, userType: RoleUserType, namesOrIds: readonly string[]): Promise<RoleRow[]> {
  const wanted = namesOrIds.map((name) => name.toLowerCase())
  return inPartition(sql, scope)
    .where('user_type', '=', userType)
    .where((role) => role.or([role('id', 'in', [...namesOrIds, '']), role(role.fn('lower', ['name']), 'in', [...wanted, ''])]))
    .orderBy('id')
    .forShare()
    .execute()
}

/** How many users have each of these roles. */
export async function countUsers(sql: Executor, roleIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  if (roleIds.length === 0) return counts
  for (const table of Object.values(ROLES_OF)) {
    const rows = await sql
      .selectFrom(table)
      .select((expression) => ['role_id', expression.fn.countAll<string>().as('total')])
      .where('role_id', 'in', [...roleIds])
      .groupBy('role_id')
      .execute()
    for (const row of rows) counts.set(row.role_id, (counts.get(row.role_id) ?? 0) + Number(row.total))
  }
  return counts
}

function inPartition(sql: Executor, scope: PartitionScope) {
  return sql.selectFrom('security_role').selectAll().where('partition_id', '=', scope.partitionId)
}

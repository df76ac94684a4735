import { err, newId, ok, type Result } from '@dialtone/foundation'
import { actorOf, covers, grantsOf, type PartitionScope, type Permissions, permissionsOf, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type Transaction, violatedForeignKey, violatedUniqueIndex } from '../database/index.ts'
import { write } from '../events/index.ts'
import { alreadyInUse, type ApiFailure, entityNotFound, inConflict, invalidFields, notPermitted } from '../failures/index.ts'
import { weakensOneself } from './assign-roles.ts'
import { type RoleAttributes, roleProblems, storedPermissions } from './role.ts'
import { roleChanged } from './role-events.ts'
import { lockRole, type RoleRow, rolesOfUsers } from './role-queries.ts'

/** Creates a role: a named set of permissions that users of the partition can be given (public-spec section 6). */
export async function createRole(context: Context, principal: Principal, scope: PartitionScope, role: RoleAttributes): Promise<Result<RoleRow, ApiFailure>> {
  const problems = roleProblems(role, grantsOf(principal))
  if (problems.length > 0) return err(invalidFields(problems))
  return named(role.name, () =>
    write(context, actorOf(principal), async (change) => {
      const row = await change.sql
        .insertInto('security_role')
        .values({ ...columnsOf(role), id: newId(), partition_id: scope.partitionId, created_at: change.now, updated_at: change.now })
        .returningAll()
        .executeTakeFirstOrThrow()
      change.emit(roleChanged('CREATE', undefined, row))
      return ok(row)
    }),
  )
}

/** Changes a role; whoever has it can do more or less from the next request on. */
export async function updateRole(
  context: Context,
  principal: Principal,
  scope: PartitionScope,
  id: string,
  revise: (before: RoleRow) => Result<RoleAttributes, ApiFailure>,
): Promise<Result<RoleRow, ApiFailure>> {
  let name = ''
  return named(
    () => name,
    () =>
      write(context, actorOf(principal), async (change) => {
        const before = await lockRole(change.sql, scope, id)
        if (before === undefined) return err(entityNotFound('SecurityRole', id))
        const revised = revise(before)
        if (!revised.ok) return revised
        const refused = roleRefusal(before, revised.value, principal)
        const weaker = refused ?? (await weakensOwnRole(change.sql, principal, before, revised.value))
        if (weaker !== undefined) return err(weaker)
        name = revised.value.name
        const after = await change.sql
          .updateTable('security_role')
          .set({ ...columnsOf(revised.value), updated_at: change.now })
          .where('id', '=', id)
          .where('partition_id', '=', scope.partitionId)
          .returningAll()
          .executeTakeFirstOrThrow()
        change.emit(roleChanged('UPDATE', before, after))
        return ok(after)
      }),
  )
}

/** Removes a role that nobody has. */
export async function deleteRole(context: Context, principal: Principal, scope: PartitionScope, id: string): Promise<Result<undefined, ApiFailure>> {
  try {
    return await write(context, actorOf(principal), async (change) => {
      const before = await lockRole(change.sql, scope, id)
      if (before === undefined) return err(entityNotFound('SecurityRole', id))
      if (!covers(grantsOf(principal), permissionsOf(before.permissions))) return err(notPermitted('This role can do more than you.'))
      await change.sql.deleteFrom('security_role').where('id', '=', id).where('partition_id', '=', scope.partitionId).execute()
      change.emit(roleChanged('DELETE', before, undefined))
      return ok(undefined)
    })
  } catch (error) {
    // The foreign key decides, not a count before: a user may be given the role at the same moment.
    if (violatedForeignKey(error) !== undefined)
      return err(inConflict('SecurityRoleInUse', 'There are users who have this role.', { type: 'SecurityRole', id }))
    throw error
  }
}

async function weakensOwnRole(sql: Transaction, principal: Principal, before: RoleRow, after: RoleAttributes): Promise<ApiFailure | undefined> {
  // End users have no roles.
  if (principal.userType === 'EndUser') return undefined
  const own = (await rolesOfUsers(sql, principal.userType, [principal.userId])).get(principal.userId) ?? []
  const changed = permissionsOf(storedPermissions(after.permissions))
  const grantOf = (role: RoleRow): Permissions => permissionsOf(role.permissions)
  return weakensOneself(
    principal,
    principal.userId,
    own.map(grantOf),
    own.map((role) => (role.id === before.id ? changed : grantOf(role))),
  )
}

function roleRefusal(before: RoleRow, after: RoleAttributes, principal: Principal): ApiFailure | undefined {
  if (!covers(grantsOf(principal), permissionsOf(before.permissions))) return notPermitted('This role can do more than you.')
  const problems = roleProblems(after, grantsOf(principal))
  if (after.userType !== before.user_type)
    problems.push({ field: 'userType', code: 'InvalidUserType', reason: 'cannot be changed', rule: `set to ${before.user_type} when the role was created` })
  return problems.length === 0 ? undefined : invalidFields(problems)
}

async function named<Value>(name: string | (() => string), work: () => Promise<Result<Value, ApiFailure>>): Promise<Result<Value, ApiFailure>> {
  try {
    return await work()
  } catch (error) {
    if (violatedUniqueIndex(error) !== 'security_role_name') throw error
    return err(alreadyInUse('DuplicateName', 'name', typeof name === 'string' ? name : name(), 'partition'))
  }
}

function columnsOf(role: RoleAttributes) {
  return { name: role.name, user_type: role.userType, permissions: JSON.stringify(storedPermissions(role.permissions)) }
}

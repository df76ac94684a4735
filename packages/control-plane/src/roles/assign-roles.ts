import { err, ok, type Result } from '@dialtone/foundation'
import { covers, grantsOf, type PartitionScope, permissionsOf, type Permissions, type Principal } from '../access/index.ts'
import type { Transaction } from '../database/index.ts'
import { type ApiFailure, inConflict, invalidFields, notPermitted } from '../failures/index.ts'
import { lockNamedRoles, type RoleRow, type RoleUserType } from './role-queries.ts'

/** Roles as a request names them: by name, or by id. */
export interface WantedRoles {
  readonly roles: readonly string[] | undefined
  readonly groupIds: readonly string[] | undefined
}

/**
 * The roles a user is to have. Each has to be one of the partition for his kind, and none may do more than the caller.
 * @returns undefined when the request names none: then they stay as they are.
 */
export async function resolveRoles(
  sql: Transaction,
  principal: Principal,
  scope: PartitionScope,
  userType: RoleUserType,
  wanted: WantedRoles,
): Promise<Result<readonly RoleRow[] | undefined, ApiFailure>> {
  if (wanted.roles === undefined && wanted.groupIds === undefined) return ok(undefined)
  const names = [...new Set([...(wanted.roles ?? []), ...(wanted.groupIds ?? [])])]
  const rows = await lockNamedRoles(sql, scope, userType, names)
  const isKnown = (name: string): boolean => rows.some((row) => row.id === name || row.name.toLowerCase() === name.toLowerCase())
  const unknown = names.filter((name) => !isKnown(name))
  if (unknown.length > 0) {
    const field = wanted.roles?.includes(unknown[0] ?? '') === true ? 'roles' : 'groupIds'
    const code = field === 'roles' ? 'InvalidRoles' : 'InvalidGroupIds'
    return err(invalidFields([{ field, code, reason: `"${unknown.join('", "')}" is no role for a ${userType}`, rule: 'one of GET …/security' }]))
  }
  const tooMuch = rows.find((row) => !covers(grantsOf(principal), permissionsOf(row.permissions)))
  if (tooMuch !== undefined)
    return err(
      invalidFields([
        { field: 'roles', code: 'PermissionNotHeld', reason: `"${tooMuch.name}" can do more than you`, rule: 'no more than your own permissions' },
      ]),
    )
  return ok(rows)
}

/** Nobody changes, resets or deletes a user who can do more than himself: he could take over what that user has. */
export function mayChangeHolderOf(principal: Principal, grants: readonly Permissions[]): ApiFailure | undefined {
  return grants.every((grant) => covers(grantsOf(principal), grant)) ? undefined : notPermitted('This user can do more than you.')
}

/**
 * Nobody takes from himself what he can do, by his roles or by a change of one of them: the last one who could give it back would be gone.
 * @param before, after the permissions of his roles
 */
export function weakensOneself(principal: Principal, userId: string, before: readonly Permissions[], after: readonly Permissions[]): ApiFailure | undefined {
  if (userId !== principal.userId || before.every((grant) => covers(after, grant))) return undefined
  return inConflict('CannotWeakenYourself', 'You would have fewer permissions than before; somebody else has to take them from you.')
}

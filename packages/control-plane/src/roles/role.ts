import { ACCESS_LEVELS, type AccessLevel, covers, type Permissions, permissionsOf } from '../access/index.ts'
import type { FieldProblem } from '../failures/index.ts'
import { permissionDefaults, type PermissionUserType, type PublishedPermissionType } from '../reference-data/index.ts'

/** One line of a role, in the words of the interface. */
export interface RolePermission {
  readonly type: PublishedPermissionType
  readonly accessType: AccessLevel
}

export interface RoleAttributes {
  readonly name: string
  readonly userType: PermissionUserType
  readonly permissions: readonly RolePermission[]
}

/** Who can be given a role: end users have what their kind gives (S1-48), the other two are not ours. */
const HOLDERS: readonly PermissionUserType[] = ['ManagementUser', 'AccountUser']

/** @param held what the caller has: nobody makes a role that can do more than he can. */
export function roleProblems(role: RoleAttributes, held: readonly Permissions[]): FieldProblem[] {
  if (!HOLDERS.includes(role.userType))
    return [{ field: 'userType', code: 'InvalidUserType', reason: 'cannot be given roles', rule: `one of ${HOLDERS.join(', ')}` }]
  const maxima = new Map(permissionDefaults(role.userType).map((row) => [row.type, row.maxAccessType]))
  const problems = role.permissions.flatMap(({ type, accessType }, index) => {
    const field = `permissions.${index}`
    if (role.permissions.findIndex((other) => other.type === type) !== index)
      return [{ field: `${field}.type`, code: 'DuplicateType', reason: `"${type}" stands there twice`, rule: 'each type once' }]
    const maximum = maxima.get(type) ?? 'NONE'
    if (exceeds(accessType, maximum))
      return [
        {
          field: `${field}.accessType`,
          code: 'InvalidAccessType',
          reason: `${accessType} is too much for ${type}`,
          rule: `at most ${maximum} for a ${role.userType}`,
        },
      ]
    if (!covers(held, permissionsOf({ [type]: accessType })))
      return [
        {
          field: `${field}.accessType`,
          code: 'PermissionNotHeld',
          reason: `you do not have ${accessType} of ${type} yourself`,
          rule: 'no more than your own permissions',
        },
      ]
    return []
  })
  return problems.slice(0, 20)
}

export function storedPermissions(permissions: readonly RolePermission[]): Readonly<Record<string, string>> {
  return Object.fromEntries(permissions.map(({ type, accessType }) => [type, accessType]))
}

function exceeds(level: AccessLevel, maximum: AccessLevel): boolean {
  if (level === 'NONE' || level === 'DENIED') return false
  return maximum === 'DENIED' || ACCESS_LEVELS.indexOf(level) > ACCESS_LEVELS.indexOf(maximum)
}

import type { DomainEvent } from '../events/index.ts'
import type { RoleRow } from './role-queries.ts'

const PAST = { CREATE: 'created', UPDATE: 'updated', DELETE: 'deleted' } as const

/** @param action what happened to the role; `before` is there for all but CREATE, `after` for all but DELETE. */
export function roleChanged(action: 'CREATE' | 'UPDATE' | 'DELETE', before: RoleRow | undefined, after: RoleRow | undefined): DomainEvent {
  const row = after ?? before
  if (row === undefined) throw new Error('a role that was and is not cannot have changed')
  return {
    type: `securityrole.${PAST[action]}`,
    partitionId: row.partition_id,
    accountId: undefined,
    data: { securityRoleId: row.id, name: row.name },
    history: {
      type: 'PLATFORM_USER_GROUP',
      action,
      ...(before === undefined ? {} : { oldValue: shown(before) }),
      ...(after === undefined ? {} : { newValue: shown(after) }),
      referenceType: 'SecurityRole',
      referenceId: row.id,
      referenceName: row.name,
    },
  }
}

function shown(row: RoleRow) {
  return { name: row.name, userType: row.user_type, permissions: row.permissions }
}

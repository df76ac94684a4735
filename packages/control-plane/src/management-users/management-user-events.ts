import type { DomainEvent } from '../events/index.ts'
import type { RoleRow } from '../roles/index.ts'
import type { ManagementUserRow } from './management-user-queries.ts'

export interface ShownUser {
  readonly row: ManagementUserRow
  readonly roles: readonly RoleRow[]
}

const EVENT_OF = { CREATE: 'managementuser.created', UPDATE: 'managementuser.updated', DELETE: 'managementuser.deleted' } as const

/** @param after undefined when the user is gone. */
export function managementUserChanged(action: 'CREATE' | 'UPDATE' | 'DELETE', before: ShownUser | undefined, after: ShownUser | undefined): DomainEvent {
  const row = (after ?? before)?.row
  if (row === undefined) throw new Error('a user that was and is not cannot have changed')
  return {
    type: EVENT_OF[action],
    partitionId: row.partition_id,
    accountId: undefined,
    data: { managementUserId: row.id, username: row.username },
    history: {
      type: 'PLATFORM_USER',
      action,
      ...(before === undefined ? {} : { oldValue: shown(before) }),
      ...(after === undefined ? {} : { newValue: shown(after) }),
      referenceType: 'ManagementUser',
      referenceId: row.id,
      referenceName: row.username,
    },
  }
}

/** What happened to his password; never the password. */
export function passwordReset(row: ManagementUserRow): DomainEvent {
  const { history, ...event } = managementUserChanged('UPDATE', undefined, { row, roles: [] })
  return history === undefined ? event : { ...event, history: { ...history, newValue: { password: 'reset' } } }
}

function shown({ row, roles }: ShownUser) {
  return { username: row.username, firstName: row.first_name, lastName: row.last_name, languageTag: row.language_tag, roles: roles.map((role) => role.name) }
}

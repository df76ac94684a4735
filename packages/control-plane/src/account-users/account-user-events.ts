import type { DomainEvent } from '../events/index.ts'
import type { ShownAccountUser } from './account-user-queries.ts'

const EVENT_OF = { CREATE: 'accountuser.created', UPDATE: 'accountuser.updated', DELETE: 'accountuser.deleted' } as const

/** @param after undefined when the user is gone. */
export function accountUserChanged(
  action: 'CREATE' | 'UPDATE' | 'DELETE',
  before: ShownAccountUser | undefined,
  after: ShownAccountUser | undefined,
  further: Readonly<Record<string, unknown>> = {},
): DomainEvent {
  const row = (after ?? before)?.row
  if (row === undefined) throw new Error('a user that was and is not cannot have changed')
  return {
    type: EVENT_OF[action],
    partitionId: row.partition_id,
    accountId: row.account_id,
    data: { accountUserId: row.id, accountId: row.account_id, username: row.username },
    history: {
      type: 'ACCOUNT_USER',
      action,
      ...(before === undefined ? {} : { oldValue: shown(before) }),
      ...(after === undefined ? {} : { newValue: { ...shown(after), ...further } }),
      referenceType: 'AccountUser',
      referenceId: row.id,
      referenceName: row.username,
    },
  }
}

function shown({ row, roles }: ShownAccountUser) {
  return {
    username: row.username,
    firstName: row.first_name,
    lastName: row.last_name,
    languageTag: row.language_tag,
    ...(row.sub_domain === null ? {} : { subDomain: row.sub_domain }),
    ...(row.email_address === null ? {} : { emailAddress: row.email_address }),
    roles: roles.map((role) => role.name),
  }
}

import type { DomainEvent } from '../events/index.ts'
import type { EndUserAttributes } from './end-user.ts'
import type { EndUserRow } from './end-user-queries.ts'

export function userCreated(row: EndUserRow, user: EndUserAttributes): DomainEvent {
  return { ...eventOf('user.created', row), history: { type: 'USER', action: 'CREATE', newValue: user, ...referenceOf(row) } }
}

export function userUpdated(row: EndUserRow, before: EndUserAttributes, after: EndUserAttributes): DomainEvent {
  const type = JSON.stringify(before.callHandlingSettings) === JSON.stringify(after.callHandlingSettings) ? 'USER' : 'CALL_FORWARDING'
  return { ...eventOf('user.updated', row), history: { type, action: 'UPDATE', oldValue: before, newValue: after, ...referenceOf(row) } }
}

export function userDeleted(row: EndUserRow, before: EndUserAttributes): DomainEvent {
  return { ...eventOf('user.deleted', row), history: { type: 'USER', action: 'DELETE', oldValue: before, ...referenceOf(row) } }
}

/** The members of the public `user.*` webhooks (public-spec section 16). */
function eventOf(type: string, row: EndUserRow): DomainEvent {
  const data = {
    userId: row.id,
    accountId: row.account_id,
    userName: row.username,
    firstName: row.first_name,
    lastName: row.last_name,
    emailAddress: row.email_address,
    extension: row.extension,
    userType: 'END_USER',
  }
  return { type, partitionId: row.partition_id, accountId: row.account_id, data }
}

function referenceOf(row: EndUserRow) {
  return { referenceType: 'END_USER', referenceId: row.id, referenceName: `${row.first_name} ${row.last_name}` }
}

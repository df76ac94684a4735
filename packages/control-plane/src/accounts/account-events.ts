import type { Selectable } from 'kysely'
import type { AccountUserTable } from '../database/index.ts'
import type { DomainEvent } from '../events/index.ts'
import type { AccountAttributes } from './account.ts'
import type { AccountRow } from './account-queries.ts'

export function accountCreated(row: AccountRow, account: AccountAttributes): DomainEvent {
  return {
    ...eventOf('account.created', row),
    history: { type: 'ACCOUNT', action: 'CREATE', newValue: account, ...referenceOf(row) },
  }
}

export function accountUpdated(row: AccountRow, before: AccountAttributes, after: AccountAttributes): DomainEvent {
  return {
    ...eventOf(eventNameOf(before, after), row),
    history: { type: before.status === after.status ? 'ACCOUNT' : 'ACCOUNT_STATUS', action: 'UPDATE', oldValue: before, newValue: after, ...referenceOf(row) },
  }
}

export function accountDeleted(row: AccountRow, before: AccountAttributes): DomainEvent {
  return {
    ...eventOf('account.deleted', row),
    history: { type: 'ACCOUNT', action: 'DELETE', oldValue: before, ...referenceOf(row) },
  }
}

/** He went with his account, and is told of as if he had been deleted himself. */
export function administratorDeleted(account: AccountRow, user: Selectable<AccountUserTable>): DomainEvent {
  const { username, first_name: firstName, last_name: lastName } = user
  return {
    type: 'accountuser.deleted',
    partitionId: account.partition_id,
    accountId: account.id,
    data: { accountUserId: user.id, accountId: account.id, username },
    history: {
      type: 'ACCOUNT_USER',
      action: 'DELETE',
      oldValue: { username, firstName, lastName },
      referenceType: 'AccountUser',
      referenceId: user.id,
      referenceName: username,
    },
  }
}

function eventOf(type: string, row: AccountRow): DomainEvent {
  return {
    type,
    partitionId: row.partition_id,
    accountId: row.id,
    data: { accountId: row.id, accountNumber: row.account_number, accountName: row.account_name, status: row.status },
  }
}

function eventNameOf(before: AccountAttributes, after: AccountAttributes): string {
  if (before.status === after.status) return 'account.updated'
  if (after.status === 'SUSPENDED') return 'account.suspended'
  return after.status === 'ACTIVE' ? 'account.reactivated' : 'account.updated'
}

function referenceOf(row: AccountRow) {
  return { referenceType: 'ACCOUNT', referenceId: row.id, referenceName: row.account_name }
}

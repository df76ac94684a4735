import type { Principal } from '../access/index.ts'

/** Whose password it is. */
export interface PasswordOwner {
  readonly userType: Principal['userType']
  readonly userId: string
  readonly partitionId: string
  readonly accountId: string | undefined
  readonly username: string
  readonly emailAddress: string | undefined
  readonly firstName: string
  readonly lastName: string
}

export const TABLE_OF = { ManagementUser: 'management_user', AccountUser: 'account_user', EndUser: 'end_user' } as const

/** Where mails about the password go. */
export function mailboxOf(owner: PasswordOwner): string | undefined {
  return owner.emailAddress ?? (owner.username.includes('@') ? owner.username : undefined)
}

import type { PasswordOwner } from '../passwords/index.ts'
import type { WantedRoles } from '../roles/index.ts'
import type { ManagementUserRow } from './management-user-queries.ts'

/** An operator of the partition; his user name is his e-mail address (public-spec section 6). */
export interface ManagementUserAttributes extends WantedRoles {
  readonly username: string
  readonly firstName: string
  readonly lastName: string
  readonly languageTag: string
  /** Set only by who creates him without a mail; otherwise the invitation lets him choose one. */
  readonly password: string | undefined
}

export function ownerOf(row: ManagementUserRow): PasswordOwner {
  return {
    userType: 'ManagementUser',
    userId: row.id,
    partitionId: row.partition_id,
    accountId: undefined,
    username: row.username,
    emailAddress: undefined,
    firstName: row.first_name,
    lastName: row.last_name,
  }
}

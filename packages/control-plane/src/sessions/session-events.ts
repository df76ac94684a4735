import type { DomainEvent } from '../events/index.ts'
import type { LoginUser } from './user-account.ts'

const EVENT_OF = { ManagementUser: 'managementuser.updated', AccountUser: 'accountuser.updated', EndUser: 'user.updated' } as const
const HISTORY_OF = { ManagementUser: 'PLATFORM_USER', AccountUser: 'ACCOUNT_USER', EndUser: 'USER' } as const

/** That it was changed, never what it is. */
export function passwordChanged(user: LoginUser): DomainEvent {
  return {
    type: EVENT_OF[user.userType],
    partitionId: user.partitionId,
    accountId: user.accountId,
    data: { userId: user.userId, username: user.username, changed: ['password'] },
    history: {
      type: HISTORY_OF[user.userType],
      action: 'UPDATE',
      newValue: { password: 'changed' },
      referenceType: user.userType,
      referenceId: user.userId,
      referenceName: user.username,
    },
  }
}

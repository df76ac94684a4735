import type { Permissions } from './permission.ts'

/** Who makes a request: the answer of authentication, never built from a URL or a body. */
export interface Principal {
  readonly userId: string
  readonly userType: 'ManagementUser' | 'AccountUser' | 'EndUser'
  readonly username: string
  readonly partitionId: string
  /** The caller's partition and those below it. */
  readonly visiblePartitionIds: readonly string[]
  /** Set for users that belong to one account. */
  readonly accountId: string | undefined
  readonly permissions: Permissions
}

/** What is written into events, history and audit. */
export interface Actor {
  readonly userId: string
  readonly userName: string
  readonly userType: string
}

export const SYSTEM_ACTOR: Actor = { userId: 'system', userName: 'system', userType: 'System' }

export function actorOf(principal: Principal): Actor {
  return { userId: principal.userId, userName: principal.username, userType: principal.userType }
}

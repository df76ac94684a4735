import { type AccessLevel, type Permissions, type PermissionType, reachesAny } from './permission.ts'

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
  /** What the caller holds together, as login shows it. */
  readonly permissions: Permissions
  /** The same, role by role, as it is checked: READ from one role and EDIT_MYUSER from another are both kept. Without it, `permissions`. */
  readonly grants?: readonly Permissions[]
  /** The kind of an end user (S1-48). */
  readonly endUserType?: string
}

/** Whether the caller holds a permission at a level. @param own the object asked for is the caller's own user. */
export function holds(principal: Principal, type: PermissionType, level: AccessLevel, own = false): boolean {
  return reachesAny(grantsOf(principal), type, level, own)
}

/** Who may read SIP passwords, and what opens them: a device's address with its token, its file key, its admin password (C-52). */
export function maySeeCredentials(principal: Principal): boolean {
  return holds(principal, 'SipCredentials', 'READ')
}

export function grantsOf(principal: Principal): readonly Permissions[] {
  return principal.grants ?? [principal.permissions]
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

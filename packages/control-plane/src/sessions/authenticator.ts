import { err, ok, type Result } from '@dialtone/foundation'
import type { Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, expiredAuthToken, unauthorized } from '../failures/index.ts'
import type { Authenticate } from '../http/index.ts'
import { hashOfToken } from './session-token.ts'
import { readLoginUser, visiblePartitions } from './user-account.ts'

/** How long an answer is remembered: changes of permissions reach a running session within this time. */
const REMEMBER_MS = 2_000
/** The last use is written at most this often; an idle limit of hours does not need it finer. */
const WRITE_LAST_USE_EVERY_MS = 30_000
const MAX_REMEMBERED = 10_000

interface Remembered {
  readonly principal: Principal
  readonly untilMs: number
}

export interface Authenticator {
  readonly authenticate: Authenticate
  /** Called at logout and when a password changes. */
  forget(token: string): void
  forgetEveryone(): void
}

/** Tokens live until they were idle for `tokenIdleSeconds` (S1-04: 8 hours since the last use), and only in the environment that issued them (C-10). */
export function createAuthenticator(context: Context): Authenticator {
  const remembered = new Map<string, Remembered>()

  async function authenticate(token: string): Promise<Result<Principal, ApiFailure>> {
    const nowMs = context.clock.nowMs()
    const hash = hashOfToken(token)
    const known = remembered.get(hash)
    if (known !== undefined && known.untilMs > nowMs) return ok(known.principal)
    const session = await context.database.sql
      .selectFrom('session_token')
      .select(['user_id', 'user_type', 'last_used_at'])
      .where('token_hash', '=', hash)
      .where('environment', '=', context.settings.environment)
      .executeTakeFirst()
    if (session === undefined) return err(unauthorized())
    const idleMs = context.settings.tokenIdleSeconds * 1000
    if (nowMs - session.last_used_at.getTime() > idleMs) return err(expiredAuthToken())
    const principal = await readPrincipal(context, session.user_type, session.user_id)
    if (principal === undefined) return err(unauthorized())
    if (nowMs - session.last_used_at.getTime() > WRITE_LAST_USE_EVERY_MS) await touch(context, hash, nowMs)
    if (remembered.size >= MAX_REMEMBERED) remembered.clear()
    remembered.set(hash, { principal, untilMs: nowMs + REMEMBER_MS })
    return ok(principal)
  }

  return {
    authenticate,
    forget: (token) => remembered.delete(hashOfToken(token)),
    forgetEveryone: () => remembered.clear(),
  }
}

async function readPrincipal(context: Context, userType: string, userId: string): Promise<Principal | undefined> {
  const user = await readLoginUser(context.database.sql, userType, userId)
  if (user === undefined) return undefined
  return {
    userId: user.userId,
    userType: user.userType,
    username: user.username,
    partitionId: user.partitionId,
    visiblePartitionIds: user.accountId === undefined ? await visiblePartitions(context.database.sql, user.partitionId) : [user.partitionId],
    accountId: user.accountId,
    permissions: user.permissions,
  }
}

async function touch(context: Context, hash: string, nowMs: number): Promise<void> {
  await context.database.sql
    .updateTable('session_token')
    .set({ last_used_at: new Date(nowMs) })
    .where('token_hash', '=', hash)
    .execute()
}

import type { Context } from '../context.ts'
import { holdPasswordHash } from '../passwords/index.ts'
import { hashOfToken, newSessionToken } from './session-token.ts'
import type { LoginUser } from './user-account.ts'

export interface Session {
  readonly token: string
  readonly user: LoginUser
  readonly source: SessionSource
}

export type SessionSource = 'PASSWORD' | 'JWT'

/**
 * A session that lasts until it was idle for long enough (S1-04).
 * @returns undefined when the user is gone, or the password that he proved is not his any more: a session would outlive its end.
 */
export async function openSession(context: Context, user: LoginUser, source: SessionSource): Promise<Session | undefined> {
  const token = newSessionToken()
  const now = new Date(context.clock.nowMs())
  const isOpen = await context.database.sql.transaction().execute(async (sql) => {
    const hash = await holdPasswordHash(sql, user)
    if (hash === undefined || (source === 'PASSWORD' && hash !== user.passwordHash)) return false
    await sql
      .insertInto('session_token')
      .values({
        token_hash: hashOfToken(token),
        environment: context.settings.environment,
        user_type: user.userType,
        user_id: user.userId,
        partition_id: user.partitionId,
        account_id: user.accountId ?? null,
        last_used_at: now,
        created_at: now,
        source,
      })
      .execute()
    return true
  })
  if (!isOpen) return undefined
  await dropIdle(context, user.userId, now)
  return { token, user, source }
}

/** Tokens nobody can use any more; each login clears those of its user. */
async function dropIdle(context: Context, userId: string, now: Date): Promise<void> {
  await context.database.sql
    .deleteFrom('session_token')
    .where('user_id', '=', userId)
    .where('last_used_at', '<', new Date(now.getTime() - context.settings.tokenIdleSeconds * 2000))
    .execute()
}

import { err, ok, type Result } from '@dialtone/foundation'
import { verifyPassword } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, loginInvalid } from '../failures/index.ts'
import { hashOfToken, newSessionToken } from './session-token.ts'
import { findLoginUser, type LoginUser } from './user-account.ts'

export interface Session {
  readonly token: string
  readonly user: LoginUser
}

/** Checks name and password and opens a session (S1-04 … S1-08). Never says which of the two was wrong. */
export async function logIn(context: Context, username: string, password: string): Promise<Result<Session, ApiFailure>> {
  const user = await findLoginUser(context, username)
  const accepted = await verifyPassword(password, user?.passwordHash)
  if (!accepted || user === undefined) return err(loginInvalid())
  const token = newSessionToken()
  const now = new Date(context.clock.nowMs())
  await context.database.sql
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
    })
    .execute()
  return ok({ token, user })
}

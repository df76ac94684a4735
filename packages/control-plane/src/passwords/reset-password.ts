import { ok, type Result } from '@dialtone/foundation'
import type { Context } from '../context.ts'
import type { Write } from '../events/index.ts'
import type { ApiFailure } from '../failures/index.ts'
import { type PasswordOwner, TABLE_OF } from './password-owner.ts'
import { mailPasswordToken } from './password-token.ts'
import { endSessions } from './set-password.ts'

/** An administrator takes a password away: it and every session end now, and a mail lets the user set a new one. */
export async function resetPassword(context: Context, change: Write, owner: PasswordOwner): Promise<Result<undefined, ApiFailure>> {
  await endSessions(change.sql, owner.userId)
  const mailed = await mailPasswordToken(context, change.sql, owner, 'RESET', change.now)
  if (!mailed.ok) return mailed
  await change.sql.updateTable(TABLE_OF[owner.userType]).set({ password_hash: null, must_change_password: true }).where('id', '=', owner.userId).execute()
  return ok(undefined)
}

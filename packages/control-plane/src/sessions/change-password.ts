import { err, ok, type Result } from '@dialtone/foundation'
import { hashPassword } from '../access/index.ts'
import type { Context } from '../context.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, loginInvalid } from '../failures/index.ts'
import {
  brokenPasswordRule,
  failedToUpdate,
  findTokenHolder,
  holdPasswordHash,
  mailPasswordToken,
  passwordTokenInvalid,
  setPasswordByToken,
  storePassword,
} from '../passwords/index.ts'
import type { Credentials, Logins } from './log-in.ts'
import { passwordChanged } from './session-events.ts'
import { findLoginUser, type LoginUser, readLoginUser } from './user-account.ts'

const MAIL_AT_MOST_EVERY_MS = 120_000

/** Replaces a password, proven by the old one; every session of the user ends (public-spec section 6). */
export async function changePassword(context: Context, logins: Logins, credentials: Credentials, newPassword: string): Promise<Result<LoginUser, ApiFailure>> {
  const proven = await logins.prove(context, credentials)
  if (!proven.ok) return proven
  const user = proven.value
  const broken = newPassword === credentials.password ? 'different from the old password' : await brokenPasswordRule(context.database.sql, user, newPassword)
  if (broken !== undefined) return err(failedToUpdate(broken))
  const hash = await hashPassword(newPassword)
  return write(context, selfAsActor(user), async (change) => {
    // Of two who change it at once, or after it was taken away meanwhile: the old one counts once.
    if ((await holdPasswordHash(change.sql, user)) !== user.passwordHash) return err(loginInvalid())
    await storePassword(change.sql, user, hash, change.now)
    change.emit(passwordChanged(user))
    return ok({ ...user, mustChangePassword: false, passwordHash: hash })
  })
}

/** Mails a token for a new password, if there is such a user. The answer is the same in any case: names cannot be probed. */
export async function requestPasswordMail(context: Context, username: string): Promise<void> {
  const user = await findLoginUser(context, username)
  if (user === undefined || (await wasMailedJustNow(context, user.userId))) return
  await write(context, selfAsActor(user), (change) => mailPasswordToken(context, change.sql, user, 'RESET', change.now))
}

/** Sets the password of the holder of a mailed token, once; his sessions end. */
export function changePasswordByToken(context: Context, token: string, newPassword: string): Promise<Result<undefined, ApiFailure>> {
  return write(context, { userId: 'password-mail', userName: 'password mail', userType: 'System' }, async (change) => {
    const holder = await findTokenHolder(context, change.sql, token)
    // By the transaction's own connection: many at once would each wait for another one.
    const inChange = { settings: context.settings, database: { ...context.database, sql: change.sql } }
    const user = holder === undefined ? undefined : await readLoginUser(inChange, holder.userType, holder.userId)
    if (user === undefined) return err(passwordTokenInvalid())
    const set = await setPasswordByToken(change.sql, user, newPassword, change.now)
    if (set.ok) change.emit(passwordChanged(user))
    return set
  })
}

/** So that a mailbox cannot be filled by asking again and again. */
async function wasMailedJustNow(context: Context, userId: string): Promise<boolean> {
  const row = await context.database.sql
    .selectFrom('password_token')
    .select('token_hash')
    .where('user_id', '=', userId)
    .where('purpose', '=', 'RESET')
    .where('created_at', '>', new Date(context.clock.nowMs() - MAIL_AT_MOST_EVERY_MS))
    .executeTakeFirst()
  return row !== undefined
}

function selfAsActor(user: LoginUser) {
  return { userId: user.userId, userName: user.username, userType: user.userType }
}

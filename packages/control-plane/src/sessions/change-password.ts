import { err, ok, type Result } from '@dialtone/foundation'
import { hashPassword, passwordProblem, verifyPassword } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, loginInvalid } from '../failures/index.ts'
import { findLoginUser } from './user-account.ts'

const TABLE_OF = { ManagementUser: 'management_user', AccountUser: 'account_user', EndUser: 'end_user' } as const

/** Replaces a password, proven by the old one; every session of the user ends (public-spec section 6). */
export async function changePassword(context: Context, username: string, password: string, newPassword: string): Promise<Result<undefined, ApiFailure>> {
  const user = await findLoginUser(context, username)
  const accepted = await verifyPassword(password, user?.passwordHash)
  if (!accepted || user === undefined) return err(loginInvalid())
  const broken = newPassword === password ? 'different from the old password' : passwordProblem(newPassword)
  if (broken !== undefined) return err(failedToUpdate(broken))
  const hash = await hashPassword(newPassword)
  await context.database.sql.transaction().execute(async (sql) => {
    const table = TABLE_OF[user.userType]
    await sql.updateTable(table).set({ password_hash: hash, must_change_password: false }).where('id', '=', user.userId).execute()
    await sql.deleteFrom('session_token').where('user_id', '=', user.userId).execute()
  })
  return ok(undefined)
}

function failedToUpdate(rule: string): ApiFailure {
  return {
    code: 'FailedToUpdate',
    status: 400,
    message: `The new password breaks the password policy: ${rule}.`,
    details: [{ field: 'changePassword', code: 'FailedToUpdate', reason: 'breaks the password policy', rule }],
  }
}

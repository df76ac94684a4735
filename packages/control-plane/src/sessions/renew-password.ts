import { err, ok, randomToken, type Result } from '@dialtone/foundation'
import { hashPassword } from '../access/index.ts'
import type { Database } from '../database/index.ts'
import { recordEvents } from '../events/index.ts'
import { storePassword } from '../passwords/index.ts'
import { forgetLoginFailures } from './login-guard.ts'
import { passwordChanged } from './session-events.ts'
import { findLoginUser } from './user-account.ts'

export interface RenewOptions {
  readonly database: Database
  /** Users of other environments cannot log in here (C-10). */
  readonly environment: string
  /** By user name or e-mail address; undefined: the first operator of the platform. */
  readonly username: string | undefined
  readonly now: Date
}

export interface RenewedPassword {
  readonly username: string
  readonly password: string
}

const PASSWORD_BYTES = 15
const CONSOLE = { userId: 'console', userName: 'console', userType: 'System' } as const

/**
 * A random password for somebody nobody can mail one to, by whoever may use the database. His sessions end, waits after failed
 * attempts with his name are over, and the audit says that it was done at the console.
 * @returns the password, which is stored nowhere; or one sentence for the operator
 */
export async function renewPassword({ database, environment, username, now }: RenewOptions): Promise<Result<RenewedPassword, { readonly message: string }>> {
  const name = username ?? (await firstOperator(database))
  const user = name === undefined ? undefined : await findLoginUser({ database, settings: { environment } }, name)
  if (user === undefined) return err({ message: `Nobody who can log in here (DIALTONE_ENVIRONMENT is ${environment}) is called ${name ?? 'anything yet'}.` })
  const password = `${randomToken(PASSWORD_BYTES)}-1a`
  const passwordHash = await hashPassword(password)
  await database.sql.transaction().execute(async (sql) => {
    await storePassword(sql, user, passwordHash, now)
    await forgetLoginFailures(sql, user.username)
    await recordEvents(sql, [{ event: passwordChanged(user), actor: CONSOLE, now }])
  })
  return ok({ username: user.username, password })
}

async function firstOperator({ sql }: Database): Promise<string | undefined> {
  const row = await sql
    .selectFrom('management_user')
    .innerJoin('partition', 'partition.id', 'management_user.partition_id')
    .select('management_user.username')
    .where('partition.parent_id', 'is', null)
    .orderBy('management_user.created_at')
    .limit(1)
    .executeTakeFirst()
  return row?.username
}

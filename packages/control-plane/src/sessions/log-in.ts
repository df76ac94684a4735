import { err, ok, type Result } from '@dialtone/foundation'
import { sourceOf, verifyPassword } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, loginInvalid, tooManyLoginAttempts } from '../failures/index.ts'
import type { AdmitAddress } from '../http/index.ts'
import { AttemptQueue } from './attempt-queue.ts'
import { admitLogin, loginFailed, loginSucceeded } from './login-guard.ts'
import { openSession, type Session } from './open-session.ts'
import { findLoginUser, type LoginUser } from './user-account.ts'

export interface Credentials {
  readonly username: string
  readonly password: string
  readonly remoteAddress: string
}

export interface Logins {
  /** Checks name and password (S1-04 … S1-08). Never says which of the two was wrong, nor that the address is shut out. */
  prove(context: Context, credentials: Credentials): Promise<Result<LoginUser, ApiFailure>>
  logIn(context: Context, credentials: Credentials): Promise<Result<Session, ApiFailure>>
}

/** @param admitAddress the access rules of the user's partition: asked before his password is looked at (C-09). */
export function createLogins(admitAddress: AdmitAddress): Logins {
  const attempts = new AttemptQueue()

  async function attempt(context: Context, { username, password, remoteAddress }: Credentials): Promise<Result<LoginUser, ApiFailure>> {
    const admitted = await admitLogin(context, username, remoteAddress)
    if (!admitted.ok) return admitted
    const user = await findLoginUser(context, username)
    const isLetIn = user !== undefined && (await admitAddress(user.partitionId, remoteAddress))
    // As long for nobody as for somebody.
    const accepted = await verifyPassword(password, isLetIn ? user.passwordHash : undefined)
    if (!accepted || user === undefined) {
      await loginFailed(context, admitted.value)
      return err(loginInvalid())
    }
    await loginSucceeded(context, admitted.value)
    return ok(user)
  }

  const prove: Logins['prove'] = async (context, credentials) => {
    const key = `${sourceOf(credentials.remoteAddress)} ${credentials.username.toLowerCase()}`
    return (await attempts.run(key, () => attempt(context, credentials))) ?? err(tooManyLoginAttempts(1))
  }
  return {
    prove,
    logIn: async (context, credentials) => {
      const user = await prove(context, credentials)
      if (!user.ok) return user
      const session = await openSession(context, user.value, 'PASSWORD')
      return session === undefined ? err(loginInvalid()) : ok(session)
    },
  }
}

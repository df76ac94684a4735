import { err, ok, type Result } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import type { Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, fieldRequired, loginInvalid, unauthorized } from '../failures/index.ts'
import { named, openOperation, type Operation, type Reply } from '../http/index.ts'
import type { Authenticator } from './authenticator.ts'
import { changePassword } from './change-password.ts'
import type { Credentials, Logins } from './log-in.ts'
import { LoginToken, loginTokenView, programView } from './login-token-view.ts'
import { openSession, type Session } from './open-session.ts'
import { passwordMailOperations } from './password-mail-routes.ts'
import { hashOfToken } from './session-token.ts'
import { readLoginUser } from './user-account.ts'

const secret = Type.Optional(Type.String({ maxLength: 256 }))
const username = { username: secret, userName: secret, email: secret }
/** Three spellings of the user name, two of the new password (C-01, public-spec section 16). */
const Login = named('Login', Type.Object({ ...username, password: secret, changePassword: secret, newPassword: secret }))

const TAG = 'Authorize'

/** The operations that open, describe and close sessions. */
export function sessionOperations(authenticator: Authenticator, logins: Logins): readonly Operation[] {
  return [
    openOperation({
      method: 'POST',
      path: '/v2/authorize',
      tag: TAG,
      summary: 'Log in: a token for X-AUTH-TOKEN or Authorization: Bearer',
      requires: 'public',
      body: Login,
      responses: { 200: LoginToken, 201: LoginToken },
      handle: async (context, { body, remoteAddress }) => {
        const credentials = credentialsOf(body, remoteAddress)
        if (!credentials.ok) return credentials
        const session = await logins.logIn(context, credentials.value)
        return session.ok ? opened(context, session.value) : session
      },
    }),
    openOperation({
      method: 'PUT',
      path: '/v2/authorize',
      tag: TAG,
      summary: 'Change the password, proven by the old one; every older session ends',
      requires: 'public',
      body: Login,
      responses: { 200: LoginToken },
      handle: async (context, { body, remoteAddress }) => {
        const credentials = credentialsOf(body, remoteAddress)
        if (!credentials.ok) return credentials
        const newPassword = body.changePassword ?? body.newPassword
        if (newPassword === undefined) return err(fieldRequired('changePassword'))
        const changed = await changePassword(context, logins, credentials.value, newPassword)
        if (!changed.ok) return changed
        authenticator.forgetEveryone()
        const session = await openSession(context, changed.value, 'PASSWORD')
        if (session === undefined) return err(loginInvalid())
        return ok({ status: 200, body: await loginTokenView(context, session.token, session.user) })
      },
    }),
    openOperation({
      method: 'PUT',
      path: '/v2/authorize/logout',
      tag: TAG,
      summary: 'End the session of the token',
      requires: 'signed-in',
      responses: { 200: undefined },
      handle: async (context, { token }) => {
        if (token === undefined) return err(unauthorized())
        await context.database.sql.deleteFrom('session_token').where('token_hash', '=', hashOfToken(token)).execute()
        authenticator.forget(token)
        return ok({ status: 200 })
      },
    }),
    openOperation({
      method: 'GET',
      path: '/v2/authorize/userinfo',
      tag: TAG,
      summary: 'Who the token belongs to: the same object as at the login',
      requires: 'signed-in',
      responses: { 200: LoginToken },
      handle: async (context, { principal, token }) => describeCaller(context, principal, token),
    }),
    ...passwordMailOperations,
  ]
}

async function describeCaller(context: Context, principal: Principal | undefined, token: string | undefined): Promise<Result<Reply, ApiFailure>> {
  if (principal === undefined || token === undefined) return err(unauthorized())
  const user = await readLoginUser(context, principal.userType, principal.userId)
  return ok({ status: 200, body: user === undefined ? await programView(context, token, principal) : await loginTokenView(context, token, user) })
}

async function opened(context: Context, session: Session): Promise<Result<Reply, ApiFailure>> {
  const status = context.settings.compatibility.authorizeCreated ? 201 : 200
  return ok({ status, body: await loginTokenView(context, session.token, session.user) })
}

function credentialsOf(body: Static<typeof Login>, remoteAddress: string): Result<Credentials, ApiFailure> {
  const name = usernameOf(body)
  if (name === '') return err(fieldRequired('username'))
  if (body.password === undefined || body.password === '') return err(fieldRequired('password'))
  return ok({ username: name, password: body.password, remoteAddress })
}

function usernameOf(body: Static<typeof Login>): string {
  return body.username ?? body.userName ?? body.email ?? ''
}

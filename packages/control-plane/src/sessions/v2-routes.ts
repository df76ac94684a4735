import { err, ok, type Result } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { unionOf, visiblePartitions } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, fieldRequired, unauthorized } from '../failures/index.ts'
import { freeObject, named, openOperation, type Operation, type Reply } from '../http/index.ts'
import type { Authenticator } from './authenticator.ts'
import { changePassword } from './change-password.ts'
import { logIn, type Session } from './log-in.ts'
import { hashOfToken } from './session-token.ts'
import { type LoginUser, readLoginUser } from './user-account.ts'

const secret = Type.Optional(Type.String({ maxLength: 256 }))
/** Three spellings of the user name, two of the new password (C-01, public-spec section 16). */
const Login = named('Login', Type.Object({ username: secret, userName: secret, email: secret, password: secret, changePassword: secret, newPassword: secret }))
const LoginToken = named(
  'LoginToken',
  Type.Object({
    authToken: Type.String(),
    tokenType: Type.String(),
    expiresIn: Type.Integer(),
    maxLifeInHours: Type.Integer(),
    userId: Type.String(),
    userType: Type.String(),
    endUserType: Type.Optional(Type.String()),
    username: Type.String(),
    userName: Type.String(),
    emailAddress: Type.Optional(Type.String()),
    firstName: Type.String(),
    lastName: Type.String(),
    partitionId: Type.String(),
    partitionName: Type.String(),
    subPartitionIds: Type.Array(Type.String()),
    accountId: Type.Optional(Type.String()),
    permissions: Type.Record(Type.String(), Type.String()),
    featureToggles: freeObject(),
    mustChangePassword: Type.Boolean(),
  }),
)

/** The operations that open, describe and close sessions. */
export function sessionOperations(authenticator: Authenticator): readonly Operation[] {
  return [
    openOperation({
      method: 'POST',
      path: '/v2/authorize',
      tag: 'Authorize',
      summary: 'Log in: a token for X-AUTH-TOKEN or Authorization: Bearer',
      requires: 'public',
      body: Login,
      responses: { 200: LoginToken, 201: LoginToken },
      handle: async (context, { body }) => {
        const username = body.username ?? body.userName ?? body.email
        if (username === undefined || username === '') return err(fieldRequired('username'))
        if (body.password === undefined || body.password === '') return err(fieldRequired('password'))
        const session = await logIn(context, username, body.password)
        return session.ok ? answer(context, session.value) : session
      },
    }),
    openOperation({
      method: 'PUT',
      path: '/v2/authorize',
      tag: 'Authorize',
      summary: 'Change the password, proven by the old one',
      requires: 'public',
      body: Login,
      responses: { 200: LoginToken },
      handle: async (context, { body }) => {
        const username = body.username ?? body.userName ?? body.email
        const newPassword = body.changePassword ?? body.newPassword
        if (username === undefined || username === '') return err(fieldRequired('username'))
        if (body.password === undefined) return err(fieldRequired('password'))
        if (newPassword === undefined) return err(fieldRequired('changePassword'))
        const changed = await changePassword(context, username, body.password, newPassword)
        if (!changed.ok) return changed
        authenticator.forgetEveryone()
        const session = await logIn(context, username, newPassword)
        return session.ok ? ok({ status: 200, body: await viewOf(context, session.value.token, session.value.user) }) : session
      },
    }),
    openOperation({
      method: 'PUT',
      path: '/v2/authorize/logout',
      tag: 'Authorize',
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
      tag: 'Authorize',
      summary: 'Who the token belongs to',
      requires: 'signed-in',
      responses: { 200: LoginToken },
      handle: async (context, { principal, token }) => {
        const user = principal === undefined ? undefined : await readLoginUser(context, principal.userType, principal.userId)
        if (user === undefined || token === undefined) return err(unauthorized())
        return ok({ status: 200, body: await viewOf(context, token, user) })
      },
    }),
  ]
}

async function answer(context: Context, session: Session): Promise<Result<Reply, ApiFailure>> {
  const status = context.settings.compatibility.authorizeCreated ? 201 : 200
  return ok({ status, body: await viewOf(context, session.token, session.user) })
}

async function viewOf(context: Context, token: string, user: LoginUser): Promise<Static<typeof LoginToken>> {
  const { sql } = context.database
  const partition = await sql.selectFrom('partition').select('name').where('id', '=', user.partitionId).executeTakeFirstOrThrow()
  const visible = user.accountId === undefined ? await visiblePartitions(sql, user.partitionId) : []
  return {
    authToken: token,
    tokenType: 'Bearer',
    expiresIn: context.settings.tokenIdleSeconds,
    maxLifeInHours: Math.floor(context.settings.tokenIdleSeconds / 3600),
    userId: user.userId,
    userType: user.userType,
    ...(user.endUserType === undefined ? {} : { endUserType: user.endUserType }),
    username: user.username,
    userName: user.username,
    ...(user.emailAddress === undefined ? {} : { emailAddress: user.emailAddress }),
    firstName: user.firstName,
    lastName: user.lastName,
    partitionId: user.partitionId,
    partitionName: partition.name,
    subPartitionIds: visible.filter((id) => id !== user.partitionId),
    ...(user.accountId === undefined ? {} : { accountId: user.accountId }),
    permissions: { ...unionOf(user.grants) },
    featureToggles: {},
    mustChangePassword: user.mustChangePassword,
  }
}

import { err, ok } from '@dialtone/foundation'
import Type from 'typebox'
import { fieldRequired } from '../failures/index.ts'
import { type AdmitAddress, named, openOperation, type Operation } from '../http/index.ts'
import { issueClientToken } from './client-token.ts'
import { logInByJwt } from './jwt-login.ts'
import { LoginToken, loginTokenView } from './login-token-view.ts'

const text = Type.Optional(Type.String({ maxLength: 512 }))
const TokenRequest = named('OAuthTokenRequest', Type.Object({ grant_type: text, client_id: text, client_secret: text, scope: text }))
const TokenAnswer = named(
  'OAuthToken',
  Type.Object({ access_token: Type.String(), token_type: Type.String(), expires_in: Type.Integer(), scope: Type.String() }),
)
const OAuthError = named('OAuthError', Type.Object({ error: Type.String(), error_description: Type.String() }))

/** Logins without a person at the keyboard. */
export function programLoginOperations(admitAddress: AdmitAddress): readonly Operation[] {
  return [
    openOperation({
      method: 'POST',
      path: '/v2/oauth/token',
      tag: 'Authorize',
      summary: 'A token for an OAuth client (RFC 6749, client_credentials): an hour long, used or not',
      requires: 'public',
      takesUrlEncoded: true,
      body: TokenRequest,
      responses: { 200: TokenAnswer, 400: OAuthError, 401: OAuthError },
      handle: async (context, { body, remoteAddress, headers }) => {
        const basic = basicCredentials(headers['authorization'])
        if (body.grant_type !== 'client_credentials')
          return ok({ status: 400, body: problem('unsupported_grant_type', 'grant_type has to be client_credentials') })
        const [clientId, clientSecret] = basic ?? [body.client_id ?? '', body.client_secret ?? '']
        const issued = await issueClientToken(context, admitAddress, { clientId, clientSecret, remoteAddress })
        if (issued === undefined)
          return ok({
            status: 401,
            body: problem('invalid_client', 'the client is unknown, its secret is wrong, or it may not come from here'),
            headers: { 'www-authenticate': 'Basic realm="dialtone"' },
          })
        const scope = Object.entries(issued.permissions)
          .map(([type, level]) => `${type}:${level}`)
          .join(' ')
        const answer = { access_token: issued.token, token_type: 'Bearer', expires_in: issued.lifeSeconds, scope }
        return ok({ status: 200, body: answer, headers: { 'cache-control': 'no-store' } })
      },
    }),
    openOperation({
      method: 'POST',
      path: '/v2/authorize/jwt',
      tag: 'Authorize',
      summary: 'Log a user in with an assertion that an OAuth client signed (RFC 7523)',
      requires: 'public',
      body: Type.String({ maxLength: 4096 }),
      responses: { 200: LoginToken },
      handle: async (context, { body, remoteAddress }) => {
        if (body === '') return err(fieldRequired('body'))
        const session = await logInByJwt(context, admitAddress, body, remoteAddress)
        return session.ok ? ok({ status: 200, body: await loginTokenView(context, session.value.token, session.value.user) }) : session
      },
    }),
  ]
}

function problem(error: string, description: string) {
  return { error, error_description: description }
}

function basicCredentials(header: unknown): readonly [string, string] | undefined {
  const [scheme, encoded] = typeof header === 'string' ? header.split(' ') : []
  if (scheme?.toLowerCase() !== 'basic' || encoded === undefined) return undefined
  const [id, secret] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  return id === undefined || secret === undefined ? undefined : [decode(id), decode(secret)]
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

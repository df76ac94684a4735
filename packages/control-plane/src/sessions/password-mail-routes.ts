import { err, ok } from '@dialtone/foundation'
import Type from 'typebox'
import { verifyPassword } from '../access/index.ts'
import { fieldRequired } from '../failures/index.ts'
import { named, openOperation, type Operation } from '../http/index.ts'
import { changePasswordByToken, requestPasswordMail } from './change-password.ts'
import { preferredLanguage } from './preferred-language.ts'

const text = Type.Optional(Type.String({ maxLength: 256 }))
const PasswordMail = named('PasswordMailRequest', Type.Object({ username: text, userName: text, email: text }))
const PasswordByToken = named(
  'PasswordByToken',
  Type.Object({ token: Type.String({ maxLength: 256 }), newPassword: Type.String({ minLength: 1, maxLength: 256 }) }),
)
const Language = named('Language', Type.Object({ prefLang: Type.String() }))

/** What somebody without a password can do. */
export const passwordMailOperations: readonly Operation[] = [
  openOperation({
    method: 'POST',
    path: '/v2/authorize/resetpassword',
    tag: 'Authorize',
    summary: 'Ask for a mail with a token that sets a new password; the answer does not say whether there is such a user',
    requires: 'public',
    body: PasswordMail,
    responses: { 200: undefined },
    handle: async (context, { body }) => {
      const name = body.username ?? body.userName ?? body.email ?? ''
      if (name === '') return err(fieldRequired('username'))
      // As long for nobody as for somebody.
      await Promise.all([verifyPassword('', undefined), requestPasswordMail(context, name)])
      return ok({ status: 200 })
    },
  }),
  openOperation({
    method: 'PUT',
    path: '/v2/authorize/resetpassword',
    tag: 'Authorize',
    summary: 'Set a password with the token of a mail, once',
    requires: 'public',
    body: PasswordByToken,
    responses: { 200: undefined },
    handle: async (context, { body }) => {
      const set = await changePasswordByToken(context, body.token, body.newPassword)
      return set.ok ? ok({ status: 200 }) : set
    },
  }),
  openOperation({
    method: 'GET',
    path: '/v2/language',
    tag: 'Language Reference',
    summary: 'The language of the platform that the caller prefers (Accept-Language)',
    requires: 'public',
    responses: { 200: Language },
    handle: (_context, { headers }) => Promise.resolve(ok({ status: 200, body: { prefLang: preferredLanguage(String(headers['accept-language'] ?? '')) } })),
  }),
]

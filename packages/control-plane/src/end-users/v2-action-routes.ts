import { err, ok, type Result } from '@dialtone/foundation'
import Type from 'typebox'
import type { AccountScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { alreadyInUse, type ApiFailure, entityNotFound } from '../failures/index.ts'
import { accountOperation, checkSchema, named, type Operation } from '../http/index.ts'
import { listMessages, messageView, VoicemailMessageView } from '../voicemail-boxes/index.ts'
import { type EndUserRow, findEmailOwner, findEndUser } from './end-user-queries.ts'
import { EndUserView, viewsOf } from './end-user-view.ts'
import { repurposeEndUser, resetPassword, sendWelcomeEmail, sendWelcomeEmails, unlockVoicemail } from './user-actions.ts'

const ReassignEndUser = named(
  'ReassignEndUser',
  Type.Object({
    firstName: Type.String({ minLength: 1, maxLength: 256 }),
    lastName: Type.String({ minLength: 1, maxLength: 256 }),
    emailAddress: Type.Optional(Type.String({ maxLength: 256, format: 'email' })),
    username: Type.Optional(Type.String({ minLength: 3, maxLength: 256, pattern: '^[A-Za-z0-9@._+-]+$' })),
    blockEmail: Type.Optional(Type.Boolean()),
  }),
)
const UserProductPlan = named(
  'UserProductPlan',
  Type.Object({ id: Type.String(), displayName: Type.String(), description: Type.String(), emailAddressRequired: Type.Boolean() }),
)
/** S1-46, S1-47: the two bigger ones bring the UC app and with it the portal. */
const PLANS = [
  { id: 'STANDARD', displayName: 'Standard', description: 'Desk phones and the features of the portal', emailAddressRequired: false },
  { id: 'ADVANCED', displayName: 'Advanced', description: 'Desk phones, portal and UC app', emailAddressRequired: true },
  { id: 'PROFESSIONAL', displayName: 'Professional', description: 'Desk phones, portal and UC app with messaging and meetings', emailAddressRequired: true },
]

const ACCOUNT = '/v2/partition/:partitionId/account/:accountId'
const ITEM = `${ACCOUNT}/user/:userId`
const TAG = 'End User'
const UserPath = Type.Object({ partitionId: Type.String(), accountId: Type.String(), userId: Type.String() })
const EmailAddress = Type.Object({ email: Type.String({ maxLength: 256, format: 'email' }) })
const alias = (path: string) => [`${ACCOUNT}/enduser/:userId/${path}`]

export const endUserActionOperations: readonly Operation[] = [
  accountOperation({
    method: 'PUT',
    path: `${ITEM}/repurpose`,
    aliases: alias('repurpose'),
    tag: TAG,
    summary: 'Give a user to another person: devices, numbers and plans stay, everything of the old person goes',
    requires: { permission: 'EU_ENDUSER_REPURPOSE', level: 'EDIT' },
    params: UserPath,
    body: ReassignEndUser,
    responses: { 200: EndUserView },
    handle: async (context, { principal, scope, params, body }) =>
      shown(context, scope, await repurposeEndUser(context, principal, scope, params.userId, body)),
  }),
  accountOperation({
    method: 'PUT',
    path: `${ITEM}/resetpassword`,
    aliases: alias('resetpassword'),
    tag: TAG,
    summary: 'Send a temporary password; the old one ends at once',
    requires: { permission: 'EU_UserResetPassword', level: 'EDIT', own: { permission: 'EU_UserResetPassword', parameter: 'userId' } },
    params: UserPath,
    responses: { 200: EndUserView },
    handle: async (context, { principal, scope, params }) => shown(context, scope, await resetPassword(context, principal, scope, params.userId)),
  }),
  accountOperation({
    method: 'POST',
    path: `${ITEM}/send-welcome-email`,
    aliases: alias('send-welcome-email'),
    tag: TAG,
    summary: 'Send the welcome mail again, with a new temporary password',
    requires: { permission: 'EU_User', level: 'EDIT' },
    params: UserPath,
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params }) => {
      const sent = await sendWelcomeEmail(context, principal, scope, params.userId)
      return sent.ok ? ok({ status: 204 }) : sent
    },
  }),
  accountOperation({
    method: 'PUT',
    path: `${ITEM}/unlockvm`,
    aliases: alias('unlockvm'),
    tag: TAG,
    summary: 'Unlock the voicemail box, with the PIN 1234 until the next access if asked so',
    requires: { permission: 'EU_VoicemailUnlock', level: 'EDIT', own: { permission: 'EU_VoicemailUnlock', parameter: 'userId' } },
    params: UserPath,
    query: Type.Object({ resetPin: Type.Optional(Type.Boolean()) }),
    responses: { 200: EndUserView },
    handle: async (context, { principal, scope, params, query }) =>
      shown(context, scope, await unlockVoicemail(context, principal, scope, params.userId, query.resetPin === true)),
  }),
  accountOperation({
    method: 'GET',
    path: `${ACCOUNT}/user/prevalidate/email/:email`,
    tag: TAG,
    summary: 'Whether an e-mail address can be used: it is one, and no other user of the account has it',
    requires: { permission: 'EU_User', level: 'READ' },
    params: Type.Object({ partitionId: Type.String(), accountId: Type.String(), email: Type.String() }),
    query: Type.Object({ userId: Type.Optional(Type.String({ maxLength: 64 })) }),
    responses: { 200: undefined },
    handle: async (context, { scope, params, query }) => {
      const address = checkSchema(EmailAddress, { email: params.email }, 'path')
      if (!address.ok) return address
      const owner = await findEmailOwner(context.database.sql, scope, address.value.email)
      if (owner !== undefined && owner !== query.userId) return err(alreadyInUse('DuplicateEmailAddress', 'emailAddress', params.email, 'account'))
      return ok({ status: 200 })
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${ITEM}/voicemail`,
    tag: TAG,
    summary: 'The messages in the voicemail box of a user',
    requires: { permission: 'EU_VoicemailMessage', level: 'READ', own: { permission: 'EU_VoicemailMessage', parameter: 'userId' } },
    params: UserPath,
    responses: { 200: Type.Array(VoicemailMessageView) },
    handle: async (context, { scope, params }) => {
      const { sql } = context.database
      const row = await findEndUser(sql, scope, params.userId)
      if (row === undefined) return err(entityNotFound('EndUser', params.userId))
      const messages = row.voicemail_box_id === null ? [] : await listMessages(sql, scope, row.voicemail_box_id)
      return ok({ status: 200, body: messages.map(messageView) })
    },
  }),
  accountOperation({
    method: 'POST',
    path: `${ACCOUNT}/send-welcome-email`,
    tag: 'Account',
    summary: 'Send the welcome mail to everybody of the account who may log in, with new temporary passwords',
    requires: { permission: 'Account', level: 'EDIT' },
    responses: { 200: undefined },
    handle: async (context, { principal, scope }) => {
      const sent = await sendWelcomeEmails(context, principal, scope)
      return sent.ok ? ok({ status: 200 }) : sent
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${ACCOUNT}/user-product-plans`,
    tag: 'Account',
    summary: 'The product plans that users of this account can have',
    requires: { permission: 'EU_User', level: 'READ' },
    responses: { 200: Type.Array(UserProductPlan) },
    handle: async (context, { scope }) => {
      const account = await context.database.sql
        .selectFrom('account')
        .select('account_type')
        .where('id', '=', scope.accountId)
        .where('partition_id', '=', scope.partitionId)
        .executeTakeFirst()
      if (account === undefined) return err(entityNotFound('Account', scope.accountId))
      // A home phone has none (S1-46).
      return ok({ status: 200, body: account.account_type === 'SIMPLE' ? [] : PLANS })
    },
  }),
]

async function shown(context: Context, scope: AccountScope, done: Result<EndUserRow, ApiFailure>) {
  return done.ok ? ok({ status: 200, body: (await viewsOf(context, scope, [done.value]))[0] }) : done
}

import { err, ok, type Result } from '@dialtone/foundation'
import Type from 'typebox'
import type { AccountScope, Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { afterCommit } from '../events/index.ts'
import { type ApiFailure } from '../failures/index.ts'
import { accountOperation, named, type Operation } from '../http/index.ts'
import { changeSipCredentials, isSipUsernameFree, type SipLogin, sipCredentialsOf, sipUsernameFailure } from '../sip-credentials/index.ts'
import { partOfLineChanged } from './business-line-events.ts'
import { SipCredentialsView } from './business-line-view.ts'
import { changeLine } from './change-business-line.ts'
import { foundLine, ITEM, LinePath, TAG } from './line-path.ts'

const PATH = `${ITEM}/sip-credentials`
const UsernamePath = Type.Object({ ...LinePath.properties, username: Type.String({ maxLength: 256 }) })
const SipCredentialsBody = named(
  'BusinessLineSipCredentialsRequest',
  Type.Object({ sipUsername: Type.String({ minLength: 1, maxLength: 256 }), sipPassword: Type.String({ minLength: 1, maxLength: 256 }) }),
)
const needs = (level: 'READ' | 'EDIT') => ({ permission: 'EU_BUSINESS_LINE_PROVISIONING', level }) as const

/** The login of the line; its password goes in and never comes out. */
export const credentialOperations: readonly Operation[] = [
  accountOperation({
    method: 'GET',
    path: PATH,
    tag: TAG,
    summary: 'Read the SIP username of a business line',
    requires: needs('READ'),
    params: LinePath,
    responses: { 200: SipCredentialsView },
    handle: async (context, { scope, params }) => {
      const line = await foundLine(context, scope, params.businessLineId)
      return line.ok ? ok({ status: 200, body: { sipUsername: await usernameOf(context, line.value.id) } }) : line
    },
  }),
  accountOperation({
    method: 'PUT',
    path: PATH,
    tag: TAG,
    summary: 'Replace the SIP username and password of a business line; a phone with the old ones is gone',
    requires: needs('EDIT'),
    params: LinePath,
    body: SipCredentialsBody,
    responses: { 200: SipCredentialsView },
    handle: async (context, { principal, scope, params, body }) => {
      const changed = await changeLogin(context, principal, scope, params.businessLineId, body)
      return changed.ok ? ok({ status: 200, body: { sipUsername: body.sipUsername } }) : changed
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${PATH}/username-availability-check/:username`,
    tag: TAG,
    summary: 'Whether a business line could take a SIP username: nobody has it, or the line itself',
    requires: needs('READ'),
    params: UsernamePath,
    responses: { 200: Type.Boolean() },
    handle: async (context, { scope, params }) => {
      const line = await foundLine(context, scope, params.businessLineId)
      if (!line.ok) return line
      const failure = sipUsernameFailure(params.username)
      if (failure !== undefined) return err(failure)
      const isOwn = (await usernameOf(context, line.value.id)) === params.username
      return ok({ status: 200, body: isOwn || (await isSipUsernameFree(context.database.sql, params.username)) })
    },
  }),
]

async function changeLogin(context: Context, principal: Principal, scope: AccountScope, lineId: string, to: SipLogin): Promise<Result<boolean, ApiFailure>> {
  const changed = await changeLine(context, principal, scope, lineId, async (change, _account, row) => {
    const before = (await sipCredentialsOf(change.sql, [lineId])).get(lineId)?.sipUsername
    const login = await changeSipCredentials(context, change, scope, { type: 'BUSINESS_LINE', id: lineId }, to)
    if (!login.ok) return login
    if (login.value.changed) change.emit(partOfLineChanged(scope, row, 'SIP_CREDENTIALS', { sipUsername: before }, { sipUsername: to.sipUsername }))
    return ok(login.value.changed)
  })
  if (changed.ok && changed.value) await afterCommit(context, () => context.registrations.dropBindings(lineId))
  return changed
}

async function usernameOf(context: Context, lineId: string): Promise<string> {
  return (await sipCredentialsOf(context.database.sql, [lineId])).get(lineId)?.sipUsername ?? ''
}

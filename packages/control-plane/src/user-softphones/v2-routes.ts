import { err, ok } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import type { AccountScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { entityNotFound } from '../failures/index.ts'
import { accountOperation, named, oneOf, type Operation } from '../http/index.ts'
import { sipCredentialsOf } from '../sip-credentials/index.ts'
import { domainOfAccount } from '../sip-domains/index.ts'
import { renewCredentials, switchSoftphone } from './change-softphone.ts'
import { findSoftphone, findSoftphoneUser, type SoftphoneRow, type SoftphoneUser } from './softphone-queries.ts'
import { bringsSoftphone, SOFTPHONE_TYPE } from './user-softphone.ts'

const UserPath = Type.Object({ partitionId: Type.String(), accountId: Type.String(), userId: Type.String({ maxLength: 64 }) })
const place = { domain: Type.String(), server: Type.String(), serverPort: Type.String() }

/** The line that the app of a user registers as (S1-96); its password is shown when it is renewed, and never again (C-52). */
const UserSoftphone = named(
  'UserSoftphone',
  Type.Object({
    userId: Type.String(),
    /** NOT_INCLUDED: the plan of the user brings none. */
    status: oneOf(['APPLIED', 'SWITCHED_OFF', 'NOT_INCLUDED']),
    deviceTypeId: Type.String(),
    lineId: Type.Optional(Type.String()),
    sipUsername: Type.Optional(Type.String()),
    isRegistered: Type.Boolean(),
    ...place,
  }),
)
const SoftphoneLogin = named(
  'UserSoftphoneLogin',
  Type.Object({ userId: Type.String(), lineId: Type.String(), sipUsername: Type.String(), sipPassword: Type.String(), ...place }),
)

const ITEM = '/v2/partition/:partitionId/account/:accountId/user/:userId/softphone'
const TAG = 'End User'

export const userSoftphoneOperations: readonly Operation[] = [
  accountOperation({
    method: 'GET',
    path: ITEM,
    tag: TAG,
    summary: 'The softphone of a user: it comes with the plans ADVANCED and PROFESSIONAL, without a device',
    requires: { permission: 'EU_User', level: 'READ', own: { permission: 'EU_User', parameter: 'userId' } },
    params: UserPath,
    responses: { 200: UserSoftphone },
    handle: async (context, { scope, params }) => {
      const { sql } = context.database
      const user = await findSoftphoneUser(sql, scope, params.userId)
      if (user === undefined) return err(entityNotFound('EndUser', params.userId))
      return ok({ status: 200, body: await viewOf(context, scope, user, await findSoftphone(sql, scope, user.id)) })
    },
  }),
  accountOperation({
    method: 'PUT',
    path: ITEM,
    tag: TAG,
    summary: 'Switch the softphone of a user off, or on again with a new line and login',
    requires: { permission: 'EU_DeviceLine', level: 'EDIT' },
    params: UserPath,
    body: named('UserSoftphoneRequest', Type.Object({ enabled: Type.Boolean() })),
    responses: { 200: UserSoftphone },
    handle: async (context, { principal, scope, params, body }) => {
      const switched = await switchSoftphone(context, principal, scope, params.userId, body.enabled)
      if (!switched.ok) return switched
      const user = await findSoftphoneUser(context.database.sql, scope, params.userId)
      if (user === undefined) return err(entityNotFound('EndUser', params.userId))
      return ok({ status: 200, body: await viewOf(context, scope, user, switched.value) })
    },
  }),
  accountOperation({
    method: 'POST',
    path: `${ITEM}/credentials`,
    tag: TAG,
    summary: 'A new SIP password for the softphone of a user, shown this once; what is registered with the old one is not any more',
    requires: { permission: 'SipCredentials', level: 'EDIT', own: { permission: 'EU_UserResetPassword', parameter: 'userId' } },
    params: UserPath,
    responses: { 200: SoftphoneLogin },
    handle: async (context, { principal, scope, params }) => {
      const login = await renewCredentials(context, principal, scope, params.userId)
      return login.ok ? ok({ status: 200, body: { userId: params.userId, ...login.value, ...(await placeOf(context, scope)) } }) : login
    },
  }),
]

async function viewOf(context: Context, scope: AccountScope, user: SoftphoneUser, row: SoftphoneRow | undefined): Promise<Static<typeof UserSoftphone>> {
  const lineId = row?.line_id ?? undefined
  const login = lineId === undefined ? undefined : (await sipCredentialsOf(context.database.sql, [lineId])).get(lineId)
  const isOff = bringsSoftphone(user.user_product_plan) && row !== undefined
  return {
    userId: user.id,
    status: lineId === undefined ? (isOff ? 'SWITCHED_OFF' : 'NOT_INCLUDED') : 'APPLIED',
    deviceTypeId: SOFTPHONE_TYPE,
    ...(lineId === undefined ? {} : { lineId }),
    ...(login === undefined ? {} : { sipUsername: login.sipUsername }),
    isRegistered: lineId !== undefined && context.registrations.isRegistered(lineId),
    ...(await placeOf(context, scope)),
  }
}

async function placeOf(context: Context, scope: AccountScope) {
  const domain = await domainOfAccount(context.database.sql, scope)
  const { host, port } = context.settings.sipServer()
  return { domain: domain?.name ?? context.settings.sipDomain, server: host, serverPort: String(port) }
}

import { err, ok } from '@dialtone/foundation'
import Type from 'typebox'
import { entityNotFound } from '../failures/index.ts'
import { accountOperation, named, type Operation } from '../http/index.ts'
import { viewOf } from './account-routes.ts'
import { acceptCorrection, acceptOriginal, findCorrection } from './decide-address.ts'
import { e911Usages } from './e911-usages.ts'
import { ACCOUNT, AccountNumberPath, TELEPHONE_NUMBER_TAG as tag, withNumber } from './number-path.ts'
import { AccountNumberView, E911AddressView } from './number-schemas.ts'
import { findOnAccount } from './telephone-number-queries.ts'
import { withoutBlanks } from './telephone-number-view.ts'

const ADDRESS = `${ACCOUNT}/telephonenumber/:tn/911-address`
const degrees = Type.Optional(Type.String({ maxLength: 24 }))
const Usages = named(
  'TelephoneNumberUsages',
  Type.Object({
    partitionId: Type.String(),
    accountId: Type.String(),
    phoneNumber: Type.String(),
    users: Type.Array(Type.String()),
    usedBy: Type.Array(Type.Object({ type: Type.String(), id: Type.String(), name: Type.String(), role: Type.String() })),
  }),
)

export const emergencyAddressOperations: readonly Operation[] = [
  accountOperation({
    method: 'GET',
    path: `${ADDRESS}/correction`,
    tag,
    summary: 'How the address service would write the emergency address of a number',
    requires: { permission: 'EU_911_ADDRESS', level: 'READ' },
    params: AccountNumberPath,
    responses: { 200: E911AddressView },
    handle: (context, { scope, params }) =>
      withNumber(params.tn, async (number) => {
        const correction = await findCorrection(context, scope, number)
        return correction.ok ? ok({ status: 200, body: withoutBlanks(correction.value) }) : correction
      }),
  }),
  accountOperation({
    method: 'PUT',
    path: `${ADDRESS}/correction/accept`,
    tag,
    summary: 'Register the emergency address as the address service writes it',
    requires: { permission: 'EU_911_ADDRESS', level: 'EDIT' },
    params: AccountNumberPath,
    responses: { 200: AccountNumberView },
    handle: (context, { principal, scope, params }) =>
      withNumber(params.tn, async (number) => {
        const accepted = await acceptCorrection(context, principal, scope, number)
        return accepted.ok ? ok({ status: 200, body: await viewOf(context, scope, accepted.value) }) : accepted
      }),
  }),
  accountOperation({
    method: 'PUT',
    path: `${ADDRESS}/original/accept`,
    tag,
    summary: 'Register the emergency address as it was written, at a point on the ground',
    requires: { permission: 'EU_911_ADDRESS', level: 'EDIT' },
    params: AccountNumberPath,
    query: Type.Object({ latitude: degrees, longitude: degrees }),
    responses: { 200: AccountNumberView },
    handle: (context, { principal, scope, params, query }) =>
      withNumber(params.tn, async (number) => {
        const position = { latitude: query.latitude, longitude: query.longitude }
        const accepted = await acceptOriginal(context, principal, scope, number, position)
        return accepted.ok ? ok({ status: 200, body: await viewOf(context, scope, accepted.value) }) : accepted
      }),
  }),
  accountOperation({
    method: 'GET',
    path: `${ADDRESS}/usages`,
    tag,
    summary: 'Whose emergency calls are located by the address of a number',
    requires: { permission: 'EU_911_ADDRESS', level: 'READ' },
    params: AccountNumberPath,
    responses: { 200: Usages },
    handle: (context, { scope, params }) =>
      withNumber(params.tn, async (number) => {
        const row = await findOnAccount(context.database.sql, scope, number)
        if (row === undefined) return err(entityNotFound('TelephoneNumber', number))
        const usages = await e911Usages(context.database.sql, scope, number)
        return ok({ status: 200, body: { partitionId: scope.partitionId, accountId: scope.accountId, phoneNumber: number, ...usages } })
      }),
  }),
]

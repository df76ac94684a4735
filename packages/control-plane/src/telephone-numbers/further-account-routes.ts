import { err, ok } from '@dialtone/foundation'
import Type from 'typebox'
import { objectExists, referencesOf } from '../account-objects/index.ts'
import { entityNotFound } from '../failures/index.ts'
import { accountOperation, freeObject, named, type Operation } from '../http/index.ts'
import { accountNumberViews } from './account-routes.ts'
import { type ExternalNumber, putExternalNumber, readExternalNumber } from './external-number.ts'
import { ACCOUNT, TELEPHONE_NUMBER_TAG as tag } from './number-path.ts'
import { AccountNumberView, CustomerServiceRecordView, E911AddressView } from './number-schemas.ts'
import { listReferencing, type TelephoneNumberRow } from './telephone-number-queries.ts'
import { withoutBlanks } from './telephone-number-view.ts'

const COLLECTION = `${ACCOUNT}/telephonenumber`
const MAX_LIST = 1000
const text = Type.Optional(Type.String())
const ExternalBody = named(
  'ExternalTelephoneNumber',
  Type.Object({
    phoneNumber: text,
    userId: text,
    inboundCarrierId: text,
    functionType: text,
    cnam: text,
    customerServiceRecord: Type.Optional(freeObject()),
    e911Address: Type.Optional(freeObject()),
    callable: Type.Optional(Type.Boolean()),
  }),
)
const ExternalView = named(
  'ExternalTelephoneNumberResult',
  Type.Object({
    id: Type.String(),
    phoneNumber: Type.String(),
    partitionId: Type.String(),
    accountId: Type.String(),
    userId: text,
    inboundCarrierId: Type.String(),
    functionType: Type.String(),
    cnam: text,
    customerServiceRecord: CustomerServiceRecordView,
    e911Address: E911AddressView,
    callable: Type.Boolean(),
  }),
)

export const furtherAccountNumberOperations: readonly Operation[] = [
  accountOperation({
    method: 'POST',
    path: `${COLLECTION}/external`,
    tag,
    summary: 'Make a number of another provider known, or change what is known of it',
    requires: { permission: 'PhoneNumber', level: 'CREATE' },
    body: ExternalBody,
    responses: { 200: ExternalView },
    handle: async (context, { principal, scope, body }) => {
      const external = readExternalNumber(body)
      if (!external.ok) return external
      const stored = await putExternalNumber(context, principal, scope, external.value)
      return stored.ok ? ok({ status: 200, body: externalView(stored.value, external.value) }) : stored
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${COLLECTION}/groupid/:groupId`,
    tag,
    summary: 'List the numbers that ring members of a user group',
    requires: { permission: 'EU_Telephone', level: 'READ' },
    params: Type.Object({ partitionId: Type.String(), accountId: Type.String(), groupId: Type.String({ maxLength: 64 }) }),
    responses: { 200: Type.Array(AccountNumberView) },
    handle: async (context, { scope, params }) => {
      const group = { type: 'USER_GROUP', id: params.groupId } as const
      if (!(await objectExists(context.database.sql, scope, group))) return err(entityNotFound('UserGroup', group.id))
      const members = await referencesOf(context.database.sql, scope, group)
      const userIds = members.filter((member) => member.type === 'END_USER').map((member) => member.id)
      const rows = await listReferencing(context.database.sql, scope, { type: 'END_USER', ids: userIds }, MAX_LIST)
      return ok({ status: 200, body: await accountNumberViews(context, scope, rows) })
    },
  }),
]

function externalView(row: TelephoneNumberRow, external: ExternalNumber) {
  const cnam = row.customer_service_record?.['customerName']
  return {
    id: row.phone_number,
    phoneNumber: row.phone_number,
    partitionId: row.partition_id,
    accountId: row.account_id ?? '',
    ...(external.userId === undefined ? {} : { userId: external.userId }),
    inboundCarrierId: row.carrier_id,
    functionType: row.function_type,
    ...(typeof cnam === 'string' && cnam !== '' ? { cnam } : {}),
    customerServiceRecord: withoutBlanks(row.customer_service_record ?? {}),
    e911Address: withoutBlanks(row.e911_address ?? {}),
    callable: row.operational_status === 'ACTIVE',
  }
}

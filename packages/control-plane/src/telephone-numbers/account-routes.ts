import { err, ok, type Result } from '@dialtone/foundation'
import { normalizePhoneNumber } from '@dialtone/numbering'
import Type from 'typebox'
import type { AccountScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, entityNotFound, invalidField } from '../failures/index.ts'
import { accountOperation, freeObject, named, type Operation } from '../http/index.ts'
import { addNumbers } from './add-numbers.ts'
import { synchronousCarrier } from './carrier-adapter.ts'
import { readNumberRevision, readNumbersToAdd } from './read-number-requests.ts'
import { releaseNumber } from './release-number.ts'
import { releaseReservation, reserveNumber } from './reserve-number.ts'
import { findOnAccount, listOnAccount, shownBy, type TelephoneNumberRow } from './telephone-number-queries.ts'
import { AccountNumberView, accountNumberView, withoutBlanks } from './telephone-number-view.ts'
import { updateTelephoneNumber } from './update-number.ts'

const ACCOUNT = '/v2/partition/:partitionId/account/:accountId'
const COLLECTION = `${ACCOUNT}/telephonenumber`
const ITEM = `${COLLECTION}/:telephoneNumber`
/** A spelling of one of the guides (S4-36, C-24). */
const COLLECTION_ALIASES = [`${ACCOUNT}/telephonenumer`]
const ITEM_ALIASES = [`${ACCOUNT}/telephonenumer/:telephoneNumber`]
const NumberPath = Type.Object({ partitionId: Type.String(), accountId: Type.String(), telephoneNumber: Type.String() })
const MAX_LIST = 1000
const TAG = 'Telephone Number'
/** The whole shape is read by read-number-requests.ts: it takes nested and flat forms, which a schema cannot say clearly. */
const Activation = named(
  'TelephoneNumberActivations',
  Type.Object({
    telephoneNumbers: Type.Optional(Type.Array(Type.Unknown())),
    customerServiceRecord: Type.Optional(freeObject()),
    directoryListing: Type.Optional(freeObject()),
    e911Address: Type.Optional(freeObject()),
    holdActivation: Type.Optional(Type.Boolean()),
  }),
)
const ActivationView = named(
  'TelephoneNumberActivationsResult',
  Type.Object({
    partitionId: Type.String(),
    accountId: Type.String(),
    customerServiceRecord: freeObject(),
    directoryListing: freeObject(),
    e911Address: freeObject(),
    holdActivation: Type.Boolean(),
    telephoneNumbers: Type.Array(freeObject()),
  }),
)

export const accountNumberOperations: readonly Operation[] = [
  accountOperation({
    method: 'PUT',
    path: `${ITEM}/reserve`,
    tag: TAG,
    summary: 'Reserve a number for the account for 30 minutes',
    requires: { permission: 'PhoneNumber', level: 'EDIT' },
    params: NumberPath,
    responses: { 204: undefined },
    handle: (context, { principal, scope, params }) =>
      withNumber(params.telephoneNumber, async (number) => {
        const reserved = await reserveNumber(context, principal, scope, number, { accountId: scope.accountId })
        return reserved.ok ? ok({ status: 204 }) : reserved
      }),
  }),
  accountOperation({
    method: 'DELETE',
    path: `${ITEM}/reserve`,
    tag: TAG,
    summary: 'Give a reservation up',
    requires: { permission: 'PhoneNumber', level: 'EDIT' },
    params: NumberPath,
    responses: { 204: undefined },
    handle: (context, { principal, scope, params }) =>
      withNumber(params.telephoneNumber, async (number) => {
        const released = await releaseReservation(context, principal, scope, number, { accountId: scope.accountId })
        return released.ok ? ok({ status: 204 }) : released
      }),
  }),
  accountOperation({
    method: 'POST',
    path: COLLECTION,
    aliases: COLLECTION_ALIASES,
    tag: TAG,
    summary: 'Put numbers on the account and activate them',
    requires: { permission: 'PhoneNumber', level: 'CREATE' },
    body: Activation,
    responses: { 200: ActivationView },
    handle: async (context, { principal, scope, body }) => {
      const request = readNumbersToAdd(body)
      if (!request.ok) return request
      const added = await addNumbers(context, principal, scope, synchronousCarrier, request.value)
      return added.ok ? ok({ status: 200, body: activationView(scope, added.value, request.value.holdActivation) }) : added
    },
  }),
  accountOperation({
    method: 'GET',
    path: COLLECTION,
    aliases: COLLECTION_ALIASES,
    tag: TAG,
    summary: 'List the numbers of the account',
    requires: { permission: 'PhoneNumber', level: 'READ' },
    responses: { 200: Type.Array(AccountNumberView) },
    handle: async (context, { scope }) => {
      const rows = await listOnAccount(context.database.sql, scope, MAX_LIST)
      return ok({ status: 200, body: await Promise.all(rows.map((row) => viewOf(context, scope, row))) })
    },
  }),
  accountOperation({
    method: 'GET',
    path: ITEM,
    aliases: ITEM_ALIASES,
    tag: TAG,
    summary: 'Read a number of the account',
    requires: { permission: 'PhoneNumber', level: 'READ' },
    params: NumberPath,
    responses: { 200: AccountNumberView },
    handle: (context, { scope, params }) =>
      withNumber(params.telephoneNumber, async (number) => {
        const row = await findOnAccount(context.database.sql, scope, number)
        return row === undefined ? err(entityNotFound('TelephoneNumber', number)) : ok({ status: 200, body: await viewOf(context, scope, row) })
      }),
  }),
  ...(['PUT', 'PATCH'] as const).map((method) =>
    accountOperation({
      method,
      path: ITEM,
      aliases: ITEM_ALIASES,
      tag: TAG,
      summary: method === 'PUT' ? 'Replace what is recorded about a number' : 'Change what a number rings, shows or records',
      requires: { permission: 'PhoneNumber', level: 'EDIT' },
      params: NumberPath,
      body: freeObject(),
      responses: { 200: AccountNumberView },
      handle: (context, { principal, scope, params, body }) =>
        withNumber(params.telephoneNumber, async (number) => {
          const updated = await updateTelephoneNumber(context, principal, scope, number, (before) => readNumberRevision(body, before))
          return updated.ok ? ok({ status: 200, body: await viewOf(context, scope, updated.value) }) : updated
        }),
    }),
  ),
  accountOperation({
    method: 'PUT',
    path: `${ITEM}/destination`,
    tag: TAG,
    summary: 'Change what a number rings, nothing else',
    requires: { permission: 'EU_TELEPHONE_DESTINATION', level: 'EDIT' },
    params: NumberPath,
    body: freeObject(),
    responses: { 200: AccountNumberView },
    handle: (context, { principal, scope, params, body }) =>
      withNumber(params.telephoneNumber, async (number) => {
        const { referenceType = null, referenceId = null, assignAsCallerId } = body
        const updated = await updateTelephoneNumber(context, principal, scope, number, (before) =>
          readNumberRevision({ referenceType, referenceId, ...(assignAsCallerId === undefined ? {} : { assignAsCallerId }) }, before),
        )
        return updated.ok ? ok({ status: 200, body: await viewOf(context, scope, updated.value) }) : updated
      }),
  }),
  accountOperation({
    method: 'DELETE',
    path: ITEM,
    aliases: ITEM_ALIASES,
    tag: TAG,
    summary: 'Take a number off the account; it rests before anybody else can have it',
    requires: { permission: 'PhoneNumber', level: 'DELETE' },
    params: NumberPath,
    responses: { 204: undefined },
    handle: (context, { principal, scope, params }) =>
      withNumber(params.telephoneNumber, async (number) => {
        const released = await releaseNumber(context, principal, scope, number)
        return released.ok ? ok({ status: 204 }) : released
      }),
  }),
]

/** A path takes any spelling of a number (C-25); what is no number at all is not there. */
export async function withNumber<Value>(written: string, work: (number: string) => Promise<Result<Value, ApiFailure>>): Promise<Result<Value, ApiFailure>> {
  const number = normalizePhoneNumber(written)
  return number === undefined ? err(invalidField('telephoneNumber', `"${written}" is no telephone number`, '10 or 11 digits')) : work(number)
}

async function viewOf(context: Context, scope: AccountScope, row: TelephoneNumberRow) {
  return accountNumberView(row, await shownBy(context.database.sql, scope, row), context.clock.nowMs())
}

/** The same shape as the request (S1-86), completed. */
function activationView(scope: AccountScope, rows: readonly TelephoneNumberRow[], holdActivation: boolean) {
  const [first] = rows
  return {
    partitionId: scope.partitionId,
    accountId: scope.accountId,
    customerServiceRecord: withoutBlanks(first?.customer_service_record ?? {}),
    directoryListing: withoutBlanks(first?.directory_listing ?? {}),
    e911Address: withoutBlanks(first?.e911_address ?? {}),
    holdActivation,
    telephoneNumbers: rows.map((row) =>
      withoutBlanks({
        id: row.phone_number,
        phoneNumber: row.phone_number,
        functionType: row.function_type,
        operationalStatus: row.operational_status,
        carrierStatus: row.carrier_status,
        referenceType: row.reference_type,
        referenceId: row.reference_id,
      }),
    ),
  }
}

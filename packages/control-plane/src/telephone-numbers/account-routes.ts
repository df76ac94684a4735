import { err, ok } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import type { AccountScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { entityNotFound } from '../failures/index.ts'
import { accountOperation, freeObject, named, oneOf, type Operation } from '../http/index.ts'
import { addNumbers } from './add-numbers.ts'
import { ACCOUNT, AccountNumberPath, TELEPHONE_NUMBER_TAG as tag, withNumber } from './number-path.ts'
import { AccountNumberView, BareNumberView, CustomerServiceRecordView, DirectoryListingView, E911AddressView, NumberChange } from './number-schemas.ts'
import { readNumberRevision, readNumbersToAdd } from './read-number-requests.ts'
import { releaseNumber } from './release-number.ts'
import { releaseReservation, reserveNumber } from './reserve-number.ts'
import { REFERENCE_TYPES, RING_TYPES } from './telephone-number.ts'
import { callerIdNumbers, findOnAccount, listOnAccount, type TelephoneNumberRow } from './telephone-number-queries.ts'
import { accountNumberView, bareNumberView, withoutBlanks } from './telephone-number-view.ts'
import { updateTelephoneNumber } from './update-number.ts'

const COLLECTION = `${ACCOUNT}/telephonenumber`
const ITEM = `${COLLECTION}/:tn`
/** A spelling of one of the guides (S4-36, C-24). */
const COLLECTION_ALIASES = [`${ACCOUNT}/telephonenumer`]
const ITEM_ALIASES = [`${ACCOUNT}/telephonenumer/:tn`]
const MAX_LIST = 1000
const MAX_LIMITED_LIST = 100_000
/** The whole shape is read by read-number-requests.ts: it takes nested and flat forms, which a schema cannot say clearly. */
const Activation = named(
  'TelephoneNumberActivations',
  Type.Object({
    telephoneNumbers: Type.Optional(Type.Array(Type.Unknown())),
    customerServiceRecord: Type.Optional(freeObject()),
    directoryListing: Type.Optional(freeObject()),
    e911Address: Type.Optional(freeObject()),
    holdActivation: Type.Optional(Type.Boolean()),
    byotnCarrierId: Type.Optional(Type.String()),
  }),
)
const ActivationView = named(
  'TelephoneNumberActivationsResult',
  Type.Object({
    id: Type.Optional(Type.String()),
    partitionId: Type.String(),
    accountId: Type.String(),
    customerServiceRecord: CustomerServiceRecordView,
    directoryListing: DirectoryListingView,
    e911Address: E911AddressView,
    holdActivation: Type.Boolean(),
    byotnCarrierId: Type.Optional(Type.String()),
    telephoneNumbers: Type.Array(BareNumberView),
  }),
)
const Destination = named(
  'TelephoneNumberDestination',
  Type.Object({
    referenceType: Type.Optional(Type.Union([oneOf(REFERENCE_TYPES), Type.Null()])),
    referenceId: Type.Optional(Type.Union([Type.String({ maxLength: 64 }), Type.Null()])),
    ringType: Type.Optional(oneOf(RING_TYPES)),
    assignAsCallerId: Type.Optional(Type.Boolean()),
  }),
)
const DestinationView = named(
  'TelephoneNumberDestinationResult',
  Type.Object({
    id: Type.String(),
    partitionId: Type.String(),
    accountId: Type.String(),
    telephoneNumber: Type.String(),
    referenceId: Type.Optional(Type.String()),
    referenceType: Type.Optional(oneOf(REFERENCE_TYPES)),
    ringType: oneOf(RING_TYPES),
    assignAsCallerId: Type.Boolean(),
  }),
)

export const accountNumberOperations: readonly Operation[] = [
  accountOperation({
    method: 'PUT',
    path: `${ITEM}/reserve`,
    tag,
    summary: 'Reserve a number for the account for 30 minutes',
    requires: { permission: 'PhoneNumber', level: 'EDIT' },
    params: AccountNumberPath,
    responses: { 204: undefined },
    handle: (context, { principal, scope, params }) =>
      withNumber(params.tn, async (number) => {
        const reserved = await reserveNumber(context, principal, scope, number, { accountId: scope.accountId })
        return reserved.ok ? ok({ status: 204 }) : reserved
      }),
  }),
  accountOperation({
    method: 'DELETE',
    path: `${ITEM}/reserve`,
    tag,
    summary: 'Give a reservation up',
    requires: { permission: 'PhoneNumber', level: 'EDIT' },
    params: AccountNumberPath,
    responses: { 204: undefined },
    handle: (context, { principal, scope, params }) =>
      withNumber(params.tn, async (number) => {
        const released = await releaseReservation(context, principal, scope, number, { accountId: scope.accountId })
        return released.ok ? ok({ status: 204 }) : released
      }),
  }),
  accountOperation({
    method: 'POST',
    path: COLLECTION,
    aliases: COLLECTION_ALIASES,
    tag,
    summary: 'Put numbers on the account and activate them',
    requires: { permission: 'PhoneNumber', level: 'CREATE' },
    body: Activation,
    responses: { 200: ActivationView },
    handle: async (context, { principal, scope, body }) => {
      const request = readNumbersToAdd(body)
      if (!request.ok) return request
      const added = await addNumbers(context, principal, scope, request.value)
      return added.ok ? ok({ status: 200, body: activationView(scope, added.value, request.value.holdActivation) }) : added
    },
  }),
  accountOperation({
    method: 'GET',
    path: COLLECTION,
    aliases: COLLECTION_ALIASES,
    tag,
    summary: 'List the numbers of the account',
    requires: { permission: 'EU_Telephone', level: 'READ' },
    query: Type.Object({ limitedData: Type.Optional(Type.Boolean()) }),
    responses: { 200: Type.Array(AccountNumberView) },
    handle: async (context, { scope, query, page }) => {
      const isLimited = query.limitedData === true
      const { rows, following } = await listOnAccount(context.database.sql, scope, page ?? { limit: isLimited ? MAX_LIMITED_LIST : MAX_LIST })
      if (isLimited)
        return ok({ status: 200, body: rows.map((row) => ({ ...bareNumberView(row), partitionId: scope.partitionId, accountId: scope.accountId })), following })
      return ok({ status: 200, body: await accountNumberViews(context, scope, rows), following })
    },
  }),
  accountOperation({
    method: 'GET',
    path: ITEM,
    aliases: ITEM_ALIASES,
    tag,
    summary: 'Read a number of the account',
    requires: { permission: 'EU_Telephone', level: 'READ' },
    params: AccountNumberPath,
    responses: { 200: AccountNumberView },
    handle: (context, { scope, params }) =>
      withNumber(params.tn, async (number) => {
        const row = await findOnAccount(context.database.sql, scope, number)
        return row === undefined ? err(entityNotFound('TelephoneNumber', number)) : ok({ status: 200, body: await viewOf(context, scope, row) })
      }),
  }),
  ...(['PUT', 'PATCH'] as const).map((method) =>
    accountOperation({
      method,
      path: ITEM,
      aliases: ITEM_ALIASES,
      tag,
      summary: method === 'PUT' ? 'Change what is recorded about a number: what is left out stays' : 'Change what a number rings, shows or records',
      requires: { permission: 'EU_Telephone', level: 'EDIT' },
      params: AccountNumberPath,
      body: freeObject(),
      publishedBody: NumberChange,
      responses: { 200: AccountNumberView },
      handle: (context, { principal, scope, params, body }) =>
        withNumber(params.tn, async (number) => {
          const updated = await updateTelephoneNumber(context, principal, scope, number, (before) => readNumberRevision(body, before))
          return updated.ok ? ok({ status: 200, body: await viewOf(context, scope, updated.value) }) : updated
        }),
    }),
  ),
  accountOperation({
    method: 'PUT',
    path: `${ITEM}/destination`,
    tag,
    summary: 'Change what a number rings, nothing else',
    requires: { permission: 'EU_TELEPHONE_DESTINATION', level: 'EDIT' },
    params: AccountNumberPath,
    body: Destination,
    responses: { 200: DestinationView },
    handle: (context, { principal, scope, params, body }) =>
      withNumber(params.tn, async (number) => {
        const { referenceType = null, referenceId = null, assignAsCallerId, ringType } = body
        const wanted = {
          referenceType,
          referenceId,
          ...(assignAsCallerId === undefined ? {} : { assignAsCallerId }),
          ...(ringType === undefined ? {} : { ringType }),
        }
        const updated = await updateTelephoneNumber(context, principal, scope, number, (before) => readNumberRevision(wanted, before))
        return updated.ok ? ok({ status: 200, body: destinationView(await viewOf(context, scope, updated.value)) }) : updated
      }),
  }),
  accountOperation({
    method: 'DELETE',
    path: ITEM,
    aliases: ITEM_ALIASES,
    tag,
    summary: 'Take a number off the account; it rests before anybody else can have it',
    requires: { permission: 'PhoneNumber', level: 'DELETE' },
    params: AccountNumberPath,
    responses: { 204: undefined },
    handle: (context, { principal, scope, params }) =>
      withNumber(params.tn, async (number) => {
        const released = await releaseNumber(context, principal, scope, number)
        return released.ok ? ok({ status: 204 }) : released
      }),
  }),
]

export async function viewOf(context: Context, scope: AccountScope, row: TelephoneNumberRow): Promise<Static<typeof AccountNumberView>> {
  const [view] = await accountNumberViews(context, scope, [row])
  if (view === undefined) throw new Error('one row gave no view')
  return view
}

export async function accountNumberViews(context: Context, scope: AccountScope, rows: readonly TelephoneNumberRow[]) {
  const shown = await callerIdNumbers(context.database.sql, scope, rows)
  const nowMs = context.clock.nowMs()
  return rows.map((row) => accountNumberView(row, shown.has(row.phone_number), nowMs))
}

function destinationView(number: Static<typeof AccountNumberView>): Static<typeof DestinationView> {
  const { phoneNumber, partitionId, accountId, referenceId, referenceType, ringType = 'StandardRing', assignAsCallerId = false } = number
  const reference = referenceId === undefined || referenceType === undefined ? {} : { referenceId, referenceType }
  return { id: phoneNumber, telephoneNumber: phoneNumber, partitionId, accountId, ...reference, ringType, assignAsCallerId }
}

/** The same shape as the request (S1-86), completed. */
function activationView(scope: AccountScope, rows: readonly TelephoneNumberRow[], holdActivation: boolean): Static<typeof ActivationView> {
  const [first] = rows
  return {
    id: first?.phone_number ?? '',
    partitionId: scope.partitionId,
    accountId: scope.accountId,
    customerServiceRecord: withoutBlanks(first?.customer_service_record ?? {}),
    directoryListing: withoutBlanks(first?.directory_listing ?? {}),
    e911Address: withoutBlanks(first?.e911_address ?? {}),
    holdActivation,
    ...(typeof first?.byotn_carrier_id === 'string' ? { byotnCarrierId: first.byotn_carrier_id } : {}),
    telephoneNumbers: rows.map(bareNumberView),
  }
}

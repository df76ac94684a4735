import { err, ok, type Result } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import type { AccountScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, entityNotFound, invalidField } from '../failures/index.ts'
import { accountOperation, freeObject, named, oneOf, type Operation } from '../http/index.ts'
import { BareNumberView, CustomerServiceRecordView, DirectoryListingView, E911AddressView, RING_TYPES, withoutBlanks } from '../telephone-numbers/index.ts'
import { cancelDynamicOrder, offerLive, placeDynamicOrder, reviseDynamicOrder } from './dynamic-orders.ts'
import { readDynamicRequest } from './dynamic-request.ts'
import { LIVE_CARRIER_ID } from './live-carrier.ts'
import { type NumberOrder, orderStatus } from './number-order.ts'
import { findOrder, listOrders } from './order-queries.ts'

const ACCOUNT = '/v2/partition/:partitionId/account/:accountId'
const REQUESTS = `${ACCOUNT}/telephonenumber/tn-requests`
const OrderPath = Type.Object({ partitionId: Type.String(), accountId: Type.String(), orderId: Type.String({ maxLength: 64 }) })
const MAX_LIST = 100
const MAX_WHOLE_LIST = 1000
const text = Type.Optional(Type.String({ maxLength: 64 }))
/** Of the record of such an order coordinates are numbers, of every other address they are text. */
const { latitude: _latitude, longitude: _longitude, ...civic } = CustomerServiceRecordView.properties
const degrees = Type.Optional(Type.Number())
const OrderRecordView = named('LatLongCustomerServiceRecord', Type.Object({ ...civic, latitude: degrees, longitude: degrees }))
const records = { customerServiceRecord: Type.Optional(OrderRecordView), directoryListing: Type.Optional(DirectoryListingView), e911Address: Type.Optional(E911AddressView) } // prettier-ignore

/** Read by dynamic-request.ts. */
const RequestBody = named(
  'DynamicTelephoneNumberActivation',
  Type.Object({
    carrierId: Type.Optional(Type.String({ description: 'The carrier that has the numbers; what is written here chooses none' })),
    orderId: Type.Optional(Type.String({ description: 'An offer of a search, whose numbers are wanted' })),
    ...{ deviceId: text, userId: text },
    alianzaOrderId: Type.Optional(Type.String({ description: 'The id of the request itself: it is given, not chosen' })),
    tnQuantity: Type.Optional(Type.Integer()),
    customerServiceRecord: Type.Optional(freeObject()),
    directoryListing: Type.Optional(freeObject()),
    e911Address: Type.Optional(freeObject()),
    tnSettings: Type.Optional(freeObject()),
    ringType: Type.Optional(oneOf(RING_TYPES)),
    archived: Type.Optional(Type.Boolean({ description: 'In a change: whether the request is put aside' })),
  }),
)
const RequestView = named(
  'DynamicTelephoneNumberActivationResult',
  Type.Object({
    ...{
      id: Type.String(),
      partitionId: Type.String(),
      accountId: Type.String(),
      carrierId: Type.String(),
      orderId: Type.String(),
      alianzaOrderId: Type.String(),
    },
    tnQuantity: Type.Integer(),
    ...{ deviceId: text, userId: text },
    ...records,
    tnSettings: Type.Partial(BareNumberView),
    ringType: oneOf(RING_TYPES),
    archived: Type.Boolean(),
    status: oneOf(['COMPLETED', 'PENDING', 'CANCELLED'] as const),
    telephoneNumbers: Type.Array(Type.String()),
  }),
)
const Inventory = named(
  'DynamicInventory',
  Type.Object({ id: Type.String(), carrierId: Type.String(), orderId: Type.String(), tns: Type.Array(Type.Object({ tn: Type.String(), id: Type.String() })) }),
)
const OrderView = named(
  'DynamicInventoryOrder',
  Type.Object({ id: Type.String(), partitionId: Type.String(), accountId: Type.String(), ...records, inventory: Type.Array(Inventory) }),
)
const requires = { permission: 'PhoneNumber', level: 'CREATE' } as const

export const dynamicInventoryOperations: readonly Operation[] = [
  accountOperation({
    method: 'GET',
    path: `${ACCOUNT}/dynamic-inventory/tn-search`,
    tag: 'Dynamic Inventory',
    summary: 'Ask carriers for numbers that are not in the inventory; the answer can be ordered by its id for half an hour',
    requires: { permission: 'PhoneNumber', level: 'READ' },
    query: Type.Object({
      ...{ npa: text, 'npa-nxx': text },
      qty: Type.Integer({ minimum: 1, maximum: 100, default: 10 }),
      sequential: Type.Boolean({ default: true }),
    }),
    responses: { 200: Type.Array(Inventory) },
    handle: async (context, { principal, scope, query }) => {
      const start = (query['npa-nxx'] ?? query.npa ?? '').replaceAll(/\D/g, '')
      if (!/^[2-9]\d\d([2-9]\d\d)?$/.test(start)) return err(invalidField('npa', 'is no area code', 'npa, or npa-nxx'))
      const question = {
        npa: start.slice(0, 3),
        nxx: start.length > 3 ? start.slice(3) : undefined,
        near: undefined,
        quantity: query.qty,
        sequential: query.sequential,
      }
      const offer = await offerLive(context, principal, scope, question)
      return offer.ok ? ok({ status: 200, body: offer.value === undefined ? [] : [inventoryOf(offer.value)] }) : offer
    },
  }),
  accountOperation({
    method: 'POST',
    path: `${ACCOUNT}/dynamic-inventory/orders`,
    tag: 'Dynamic Inventory',
    summary: 'Order numbers of a carrier for the account',
    requires,
    body: RequestBody,
    responses: { 200: OrderView },
    handle: async (context, { principal, scope, body }) => {
      const request = readDynamicRequest(body)
      if (!request.ok) return request
      const placed = await placeDynamicOrder(context, principal, scope, request.value)
      if (!placed.ok) return placed
      const inventory = placed.value.numbers.length === 0 ? [] : [inventoryOf(placed.value)]
      const view = { id: placed.value.row.id, partitionId: scope.partitionId, accountId: scope.accountId, ...recordsOf(placed.value.row.request), inventory }
      return ok({ status: 200, body: view })
    },
  }),
  accountOperation({
    method: 'GET',
    path: REQUESTS,
    tag: 'Telephone Number',
    summary: 'List the requests for numbers that carriers choose, newest first',
    requires: { permission: 'PhoneNumber', level: 'READ' },
    query: Type.Object({ archived: Type.Optional(Type.Boolean()), getAll: Type.Optional(Type.Boolean()) }),
    responses: { 200: Type.Array(RequestView) },
    handle: async (context, { scope, query, page }) => {
      const limit = query.getAll === true ? MAX_WHOLE_LIST : MAX_LIST
      const filter = { accountId: scope.accountId, kinds: ['DYNAMIC'], ...(query.archived === undefined ? {} : { archived: query.archived }) }
      const { orders, following } = await listOrders(context.database.sql, scope, filter, page ?? { limit })
      return ok({ status: 200, body: orders.map(requestView), following })
    },
  }),
  accountOperation({
    method: 'POST',
    path: REQUESTS,
    tag: 'Telephone Number',
    summary: 'Ask for numbers that a carrier chooses',
    requires,
    body: RequestBody,
    responses: { 200: RequestView },
    handle: async (context, { principal, scope, body }) => {
      const request = readDynamicRequest(body)
      return request.ok ? shown(await placeDynamicOrder(context, principal, scope, request.value)) : request
    },
  }),
  accountOperation({
    method: 'POST',
    path: `${REQUESTS}/actions/cancel`,
    tag: 'Telephone Number',
    summary: 'Give up a request that has no numbers yet',
    requires,
    body: named('CancelAction', Type.Object({ referenceId: Type.String({ minLength: 1, maxLength: 64 }) })),
    responses: { 204: undefined },
    handle: async (context, { principal, scope, body }) => {
      const cancelled = await cancelDynamicOrder(context, principal, scope, body.referenceId)
      return cancelled.ok ? ok({ status: 204 }) : cancelled
    },
  }),
  accountOperation({
    method: 'POST',
    path: `${REQUESTS}/actions/resubmit`,
    tag: 'Telephone Number',
    summary: 'Ask again with other terms',
    requires,
    body: Type.Object({ ...RequestBody.properties, id: text }),
    responses: { 200: RequestView },
    handle: async (context, { principal, scope, body }) => {
      const { id = body.alianzaOrderId, ...terms } = body
      if (id === undefined) return err(invalidField('id', 'is missing', 'the id of the request', 'IdRequired'))
      return shown(await reviseDynamicOrder(context, principal, scope, id, terms))
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${REQUESTS}/:orderId`,
    tag: 'Telephone Number',
    summary: 'Read a request for numbers that a carrier chooses',
    requires: { permission: 'PhoneNumber', level: 'READ' },
    params: OrderPath,
    responses: { 200: RequestView },
    handle: async (context, { scope, params }) => shown(await visible(context, scope, params.orderId)),
  }),
  accountOperation({
    method: 'PUT',
    path: `${REQUESTS}/:orderId`,
    tag: 'Telephone Number',
    summary: 'Change a request that has no numbers yet, or put one aside (archived)',
    requires,
    params: OrderPath,
    body: RequestBody,
    responses: { 200: RequestView },
    handle: async (context, { principal, scope, params, body }) => shown(await reviseDynamicOrder(context, principal, scope, params.orderId, body)),
  }),
  accountOperation({
    method: 'POST',
    path: `${REQUESTS}/:orderId/refresh`,
    tag: 'Telephone Number',
    summary: 'Ask the carrier again for a request that has no numbers yet',
    requires,
    params: OrderPath,
    responses: { 200: RequestView },
    handle: async (context, { principal, scope, params }) => shown(await reviseDynamicOrder(context, principal, scope, params.orderId, undefined)),
  }),
]

async function visible(context: Context, scope: AccountScope, id: string): Promise<Result<NumberOrder, ApiFailure>> {
  const order = await findOrder(context.database.sql, scope, id)
  return order?.row.kind === 'DYNAMIC' && order.row.account_id === scope.accountId ? ok(order) : err(entityNotFound('NumberOrder', id))
}

function shown(order: Result<NumberOrder, ApiFailure>) {
  return order.ok ? ok({ status: 200, body: requestView(order.value) }) : order
}

function inventoryOf({ row, numbers }: NumberOrder): Static<typeof Inventory> {
  return { id: row.id, carrierId: LIVE_CARRIER_ID, orderId: row.id, tns: numbers.map(({ phoneNumber }) => ({ tn: phoneNumber, id: phoneNumber })) }
}

function requestView(order: NumberOrder): Static<typeof RequestView> {
  const { row, numbers } = order
  const { tnQuantity, deviceId, userId, tnSettings, ringType } = row.request
  return {
    ...{ id: row.id, partitionId: row.partition_id, accountId: row.account_id, carrierId: LIVE_CARRIER_ID, orderId: row.id, alianzaOrderId: row.id },
    tnQuantity: typeof tnQuantity === 'number' ? tnQuantity : 1,
    ...(typeof deviceId === 'string' ? { deviceId } : {}),
    ...(typeof userId === 'string' ? { userId } : {}),
    ...recordsOf(row.request),
    tnSettings: tnSettings ?? {},
    ringType: RING_TYPES.find((known) => known === ringType) ?? 'StandardRing',
    archived: row.archived,
    status: numbers.length === 0 && row.approval === 'GIVEN' ? 'PENDING' : orderStatus(order),
    telephoneNumbers: numbers.map((number) => number.phoneNumber),
  }
}

function recordsOf(request: Readonly<Record<string, unknown>>) {
  const given = ['customerServiceRecord', 'directoryListing', 'e911Address'].flatMap((name) => {
    const value = request[name]
    return typeof value === 'object' && value !== null ? [[name, (name === 'customerServiceRecord' ? numeric : textual)(withoutBlanks(value))] as const] : []
  })
  return Object.fromEntries(given)
}

/** Coordinates may come as text. */
function numeric(source: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { latitude, longitude, ...rest } = source
  const degreesOf = Object.entries({ latitude, longitude }).flatMap(([name, value]) => (value === undefined ? [] : [[name, Number(value)] as const]))
  return { ...textual(rest), ...Object.fromEntries(degreesOf) }
}

/** Coordinates may come as numbers, and are text in what is published. */
function textual(source: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(source).map(([name, value]) => [name, typeof value === 'number' ? String(value) : value]))
}

import { err, ok, type Result } from '@dialtone/foundation'
import { formatNational, formatPlus } from '@dialtone/numbering'
import Type, { type Static } from 'typebox'
import { enterAccount, type PartitionScope, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, conflictStatus, entityNotFound } from '../failures/index.ts'
import { freeObject, named, oneOf, type Operation, partitionOperation } from '../http/index.ts'
import { TELEPHONE_NUMBER_TAG as tag } from '../telephone-numbers/index.ts'
import { type NumberOrder, orderStatus } from './number-order.ts'
import { findOrder, listOrders } from './order-queries.ts'
import { decideOrder, placeOrder } from './place-order.ts'
import { readOrder } from './read-order.ts'

const COLLECTION = '/v2/partition/:partitionId/telephone-number/order'
const ITEM = `${COLLECTION}/:orderId`
const OrderPath = Type.Object({ partitionId: Type.String(), orderId: Type.String({ maxLength: 64 }) })
const MAX_LIST = 100
const KINDS: readonly string[] = ['ORDER', 'TOLL_FREE']

const OrderView = named(
  'TelephoneNumberOrder',
  Type.Object({
    orderId: Type.String(),
    id: Type.String(),
    status: oneOf(['COMPLETED', 'PENDING', 'CANCELLED'] as const),
    /** `AWAITED` while somebody still has to agree to toll-free numbers (C-27) or those ordered by letters (S0-44). */
    approval: oneOf(['GIVEN', 'AWAITED', 'REFUSED'] as const),
    accountId: Type.String(),
    orderedDate: Type.String({ format: 'date-time' }),
    telephoneNumbers: Type.Array(
      Type.Object({
        telephoneNumber: Type.String(),
        formatted: Type.String(),
        status: oneOf(['ACTIVE', 'PENDING', 'RELEASED', 'CANCELLED'] as const),
        accountId: Type.String(),
        orderedDate: Type.String({ format: 'date-time' }),
      }),
    ),
  }),
)
/** Read by read-order.ts: one number or several, in any spelling. */
const OrderBody = named(
  'TelephoneNumberOrderRequest',
  Type.Object({
    accountId: Type.Optional(Type.String()),
    telephoneNumbers: Type.Optional(Type.Array(Type.Unknown())),
    telephoneNumber: Type.Optional(Type.Unknown()),
    customerServiceRecord: Type.Optional(freeObject()),
    directoryListing: Type.Optional(freeObject()),
    e911Address: Type.Optional(freeObject()),
    holdActivation: Type.Optional(Type.Boolean()),
  }),
)

/** Orders in the words of the number guide (S2-14 … S2-18). */
export const hyphenatedOrderOperations: readonly Operation[] = [
  ...[false, true].map((onlyTollFree) =>
    partitionOperation({
      method: 'POST',
      path: onlyTollFree ? `${COLLECTION}/tollfree` : COLLECTION,
      tag,
      summary: onlyTollFree ? 'Order a toll-free number for an account' : 'Order numbers for an account',
      requires: { permission: 'PhoneNumber', level: 'CREATE' },
      body: OrderBody,
      responses: { 200: OrderView },
      handle: async (context, { principal, scope, body }) => {
        const request = readOrder(body, { onlyTollFree })
        if (!request.ok) return request
        const account = await enterAccount(context.database.sql, principal, scope, request.value.accountId)
        if (!account.ok) return account
        return shown(conflictStatus(await placeOrder(context, principal, account.value, request.value)))
      },
    }),
  ),
  partitionOperation({
    method: 'GET',
    path: COLLECTION,
    tag,
    summary: 'List the latest orders of numbers',
    requires: { permission: 'PhoneNumber', level: 'READ' },
    query: Type.Object({ accountId: Type.Optional(Type.String({ maxLength: 64 })) }),
    responses: { 200: Type.Array(OrderView) },
    handle: async (context, { principal, scope, query, page = { limit: MAX_LIST } }) => {
      const accountId = principal.accountId ?? query.accountId
      const { orders, following } = await listOrders(context.database.sql, scope, { accountId, kinds: KINDS }, page)
      return ok({ status: 200, body: orders.map(orderView), following })
    },
  }),
  partitionOperation({
    method: 'GET',
    path: ITEM,
    tag,
    summary: 'Read an order of numbers',
    requires: { permission: 'PhoneNumber', level: 'READ' },
    params: OrderPath,
    responses: { 200: OrderView },
    handle: async (context, { principal, scope, params }) => shown(await visibleOrder(context, principal, scope, params.orderId)),
  }),
  ...(['approve', 'refuse'] as const).map((decision) =>
    partitionOperation({
      method: 'POST',
      path: `${ITEM}/${decision}`,
      tag,
      summary: decision === 'approve' ? 'Let an order go on that awaits approval' : 'Refuse an order that awaits approval; its numbers go back',
      requires: { permission: 'PhoneNumberServiceActivation', level: 'EDIT' },
      params: OrderPath,
      responses: { 200: OrderView },
      handle: async (context, { principal, scope, params }) => {
        const order = await visibleOrder(context, principal, scope, params.orderId)
        if (!order.ok) return order
        return shown(conflictStatus(await decideOrder(context, principal, scope, params.orderId, decision === 'approve')))
      },
    }),
  ),
]

/** A user of one account sees the orders of that account. */
async function visibleOrder(context: Context, principal: Principal, scope: PartitionScope, orderId: string): Promise<Result<NumberOrder, ApiFailure>> {
  const order = await findOrder(context.database.sql, scope, orderId)
  const isHidden = principal.accountId !== undefined && order?.row.account_id !== principal.accountId
  return order === undefined || isHidden || !KINDS.includes(order.row.kind) ? err(entityNotFound('NumberOrder', orderId)) : ok(order)
}

function shown(order: Result<NumberOrder, ApiFailure>) {
  return order.ok ? ok({ status: 200, body: orderView(order.value) }) : order
}

function orderView(order: NumberOrder): Static<typeof OrderView> {
  const { row, numbers } = order
  const orderedDate = row.created_at.toISOString()
  return {
    orderId: row.id,
    id: row.id,
    status: orderStatus(order),
    approval: row.approval as 'GIVEN' | 'AWAITED' | 'REFUSED',
    accountId: row.account_id,
    orderedDate,
    telephoneNumbers: numbers.map(({ phoneNumber, status }) => ({
      telephoneNumber: formatPlus(phoneNumber),
      formatted: formatNational(phoneNumber),
      status,
      accountId: row.account_id,
      orderedDate,
    })),
  }
}

import { err, newId, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { lockAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import { type Write, write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict } from '../failures/index.ts'
import { advanceActivation, findActivation, openActivation } from '../service-activations/index.ts'
import { activateNumbers, takeLiveNumbers } from '../telephone-numbers/index.ts'
import { type DynamicRequest, readDynamicRequest } from './dynamic-request.ts'
import { askLiveCarrier, LIVE_CARRIER_ID, type LiveQuestion } from './live-carrier.ts'
import type { NumberOrder, NumberOrderRow } from './number-order.ts'
import { findOrder, lockOrder } from './order-queries.ts'
import { insertLines, insertOrder, orderChanged } from './place-order.ts'

const OFFER_MS = 30 * 60 * 1000

/** Asks the carrier what he has, and remembers the answer for a while, so that it can be ordered by its id. */
export function offerLive(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  question: LiveQuestion,
): Promise<Result<NumberOrder | undefined, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    await change.sql
      .deleteFrom('number_order')
      .where('account_id', '=', scope.accountId)
      .where('kind', '=', 'OFFER')
      .where('created_at', '<', new Date(change.now.getTime() - OFFER_MS))
      .execute()
    const phoneNumbers = await askLiveCarrier(change.sql, question)
    if (phoneNumbers.length === 0) return ok(undefined)
    const id = `order_${newId()}`
    await insertOrder(change, principal, scope, { id, kind: 'OFFER', approval: 'GIVEN', request: {} })
    await insertLines(change, id, phoneNumbers)
    return ok(await findOrder(change.sql, scope, id))
  })
}

/** Stores the request and fulfils it when the carrier can; otherwise it waits for a refresh. */
export function placeDynamicOrder(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  request: DynamicRequest,
): Promise<Result<NumberOrder, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    await lockAccount(change.sql, scope)
    const id = `order_${newId()}`
    await insertOrder(change, principal, scope, { id, kind: 'DYNAMIC', approval: 'GIVEN', request: request.body })
    change.emit(orderChanged(scope, id, 'number-order.created', 'CREATE'))
    return fulfil(change, principal, scope, id, request)
  })
}

/** Tries again, with other terms when there are any; what has its numbers stays as it is. */
export function reviseDynamicOrder(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  id: string,
  body: Readonly<Record<string, unknown>> | undefined,
): Promise<Result<NumberOrder, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    await lockAccount(change.sql, scope)
    const row = await lockDynamic(change, scope, id)
    if (row === undefined) return err(entityNotFound('NumberOrder', id))
    const order = await findOrder(change.sql, scope, id)
    if (order === undefined) return err(entityNotFound('NumberOrder', id))
    const isDone = row.approval !== 'GIVEN' || order.numbers.length > 0
    if (isDone && body === undefined) return ok(order)
    if (isDone && typeof body?.['archived'] !== 'boolean')
      return err(inConflict('OrderCompleted', `The order ${id} has its numbers, or was cancelled.`, { orderId: id }))
    const request = readDynamicRequest(body ?? row.request)
    if (!request.ok) return request
    const archived = typeof body?.['archived'] === 'boolean' ? body['archived'] : row.archived
    if (isDone && archived === row.archived) return ok(order)
    const stored = { archived, updated_at: change.now, ...(isDone ? {} : { request: JSON.stringify(request.value.body) }) }
    await change.sql.updateTable('number_order').set(stored).where('id', '=', id).where('account_id', '=', scope.accountId).execute()
    change.emit(orderChanged(scope, id, 'number-order.updated', 'UPDATE'))
    return isDone ? found(change, scope, id) : fulfil(change, principal, scope, id, request.value)
  })
}

/** Gives up a request that has no numbers yet. */
export function cancelDynamicOrder(context: Context, principal: Principal, scope: AccountScope, id: string): Promise<Result<undefined, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const row = await lockDynamic(change, scope, id)
    const order = row === undefined ? undefined : await findOrder(change.sql, scope, id)
    if (order === undefined) return err(entityNotFound('NumberOrder', id))
    if (order.numbers.length > 0) return err(inConflict('OrderCompleted', `The order ${id} has its numbers: release them instead.`, { orderId: id }))
    await change.sql
      .updateTable('number_order')
      .set({ approval: 'REFUSED', archived: true, updated_at: change.now })
      .where('id', '=', id)
      .where('account_id', '=', scope.accountId)
      .execute()
    await advanceActivation(change, scope, { serviceType: 'DYNAMIC_RESERVATION', referenceId: id }, { status: 'CANCELLED' })
    change.emit(orderChanged(scope, id, 'number-order.cancelled', 'DELETE'))
    return ok(undefined)
  })
}

async function fulfil(change: Write, principal: Principal, scope: AccountScope, id: string, request: DynamicRequest): Promise<Result<NumberOrder, ApiFailure>> {
  const wanted = await numbersFor(change, scope, request)
  if (!wanted.ok) return wanted
  const isServed = wanted.value.length >= request.question.quantity
  if (isServed) {
    const phoneNumbers = wanted.value.slice(0, request.question.quantity)
    const terms = request.termsFor(phoneNumbers)
    if (!terms.ok) return terms
    await takeLiveNumbers(change, scope, LIVE_CARRIER_ID, phoneNumbers)
    await insertLines(change, id, phoneNumbers)
    const activated = await activateNumbers(change, principal, scope, { ...terms.value, orderId: id })
    if (!activated.ok) return activated
  }
  const event = { serviceType: 'DYNAMIC_RESERVATION', referenceId: id } as const
  const status = isServed ? 'COMPLETED' : 'PENDING'
  const log = isServed
    ? {}
    : { code: 'NoNumbersAvailable', message: 'The carrier has not that many numbers there; the request can be refreshed or resubmitted.' }
  const telephoneNumbers = isServed ? wanted.value.slice(0, request.question.quantity) : []
  if ((await findActivation(change.sql, scope, event)) === undefined)
    await openActivation(change, scope, { ...event, referenceType: 'DYNAMIC_INVENTORY', status, telephoneNumbers, log })
  else await advanceActivation(change, scope, event, { status, ...log })
  return found(change, scope, id)
}

async function numbersFor(change: Write, scope: AccountScope, request: DynamicRequest): Promise<Result<readonly string[], ApiFailure>> {
  if (request.offerId === undefined) return ok(await askLiveCarrier(change.sql, request.question))
  const offer = await findOrder(change.sql, scope, request.offerId)
  if (offer === undefined || offer.row.kind !== 'OFFER' || offer.row.account_id !== scope.accountId) return err(entityNotFound('NumberOrder', request.offerId))
  return ok(offer.numbers.map((number) => number.phoneNumber))
}

async function lockDynamic(change: Write, scope: AccountScope, id: string): Promise<NumberOrderRow | undefined> {
  const row = await lockOrder(change.sql, scope, id)
  return row?.account_id === scope.accountId && row.kind === 'DYNAMIC' ? row : undefined
}

async function found(change: Write, scope: AccountScope, id: string): Promise<Result<NumberOrder, ApiFailure>> {
  const order = await findOrder(change.sql, scope, id)
  return order === undefined ? err(entityNotFound('NumberOrder', id)) : ok(order)
}

import { err, newId, ok, type Result } from '@dialtone/foundation'
import { isTollFree } from '@dialtone/numbering'
import { type AccountScope, actorOf, type PartitionScope, type Principal } from '../access/index.ts'
import { lockAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import type { Sql, Transaction } from '../database/index.ts'
import { type Write, write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict } from '../failures/index.ts'
import { activateNumbers, returnToInventory, startActivation } from '../telephone-numbers/index.ts'
import { partitionDefaults } from '../partitions/index.ts'
import type { NumberOrder } from './number-order.ts'
import { findOrder, lockOrder } from './order-queries.ts'
import type { OrderRequest } from './read-order.ts'

export type OrderKind = 'ORDER' | 'TOLL_FREE'

/**
 * Orders numbers for an account: all of them or none (S2-14 … S2-18). Toll-free ones (C-27) and those ordered by letters (S0-44) wait for somebody's
 * approval where the partition wants that; the numbers are the account's from the order on.
 */
export function placeOrder(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  { numbers: request, hasVanity }: Pick<OrderRequest, 'numbers' | 'hasVanity'>,
): Promise<Result<NumberOrder, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    // Before anything refers to it, or two orders of one account wait for each other for ever.
    await lockAccount(change.sql, scope)
    const id = `order_${newId()}`
    const hasTollFree = request.numbers.some((number) => isTollFree(number.phoneNumber))
    const { tollFreeApproval, vanityNumberApproval } = await partitionDefaults(change.sql, scope)
    const isAwaited = (hasTollFree && tollFreeApproval === 'MANUAL') || (hasVanity && vanityNumberApproval === 'MANUAL')
    await insertOrder(change, principal, scope, { id, kind: hasTollFree ? 'TOLL_FREE' : 'ORDER', approval: isAwaited ? 'AWAITED' : 'GIVEN', request: {} })
    await insertLines(change, id, request.numbers.map((number) => number.phoneNumber)) // prettier-ignore
    const activated = await activateNumbers(change, principal, scope, { ...request, orderId: id, holdActivation: request.holdActivation || isAwaited })
    if (!activated.ok) return activated
    change.emit(orderChanged(scope, id, 'number-order.created', 'CREATE'))
    return found(change.sql, scope, id)
  })
}

/** Somebody who may decide lets an order go on, or takes it back. */
export function decideOrder(
  context: Context,
  principal: Principal,
  scope: PartitionScope,
  orderId: string,
  isApproved: boolean,
): Promise<Result<NumberOrder, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const row = await lockOrder(change.sql, scope, orderId)
    if (row === undefined) return err(entityNotFound('NumberOrder', orderId))
    if (row.approval !== 'AWAITED') return err(inConflict('OrderNotAwaitingApproval', `The order ${orderId} was decided already.`, { orderId }))
    await change.sql
      .updateTable('number_order')
      .set({ approval: isApproved ? 'GIVEN' : 'REFUSED', updated_at: change.now })
      .where('id', '=', orderId)
      .where('partition_id', '=', scope.partitionId)
      .execute()
    const account: AccountScope = { ...scope, accountId: row.account_id }
    const order = await findOrder(change.sql, scope, orderId)
    for (const { phoneNumber } of order?.numbers ?? []) {
      const refused = isApproved ? await startActivation(change, account, phoneNumber) : await returnToInventory(change, account, phoneNumber)
      if (refused !== undefined) return err(refused)
    }
    change.emit(orderChanged(account, orderId, isApproved ? 'number-order.approved' : 'number-order.refused', 'UPDATE'))
    return found(change.sql, scope, orderId)
  })
}

export async function insertOrder(
  change: Write,
  principal: Principal,
  scope: AccountScope,
  order: { readonly id: string; readonly kind: string; readonly approval: string; readonly request: object },
): Promise<void> {
  await change.sql
    .insertInto('number_order')
    .values({
      id: order.id,
      partition_id: scope.partitionId,
      account_id: scope.accountId,
      kind: order.kind,
      approval: order.approval,
      request: JSON.stringify(order.request),
      ordered_by: principal.userId,
      created_at: change.now,
      updated_at: change.now,
    })
    .execute()
}

export async function insertLines(change: Write, orderId: string, phoneNumbers: readonly string[]): Promise<void> {
  const lines = phoneNumbers.map((phoneNumber, position) => ({ order_id: orderId, phone_number: phoneNumber, position }))
  if (lines.length > 0) await change.sql.insertInto('number_order_line').values(lines).execute()
}

export function orderChanged(scope: AccountScope, orderId: string, type: string, action: 'CREATE' | 'UPDATE' | 'DELETE') {
  return {
    type,
    partitionId: scope.partitionId,
    accountId: scope.accountId,
    data: { orderId, accountId: scope.accountId },
    history: { type: 'PHONE_NUMBER', action, newValue: { orderId, event: type }, referenceType: 'PHONE_NUMBER', referenceId: orderId, referenceName: orderId },
  } as const
}

async function found(sql: Sql | Transaction, scope: PartitionScope, orderId: string): Promise<Result<NumberOrder, ApiFailure>> {
  const order = await findOrder(sql, scope, orderId)
  return order === undefined ? err(entityNotFound('NumberOrder', orderId)) : ok(order)
}

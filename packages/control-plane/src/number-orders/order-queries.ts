import type { PartitionScope } from '../access/index.ts'
import { type ListPage, type PagePosition, readPage, NEWEST_FIRST, type Sql, type Transaction } from '../database/index.ts'
import type { NumberOrder, NumberOrderRow, OrderedNumber } from './number-order.ts'

type Executor = Sql | Transaction

export interface OrderFilter {
  readonly accountId?: string | undefined
  readonly kinds: readonly string[]
  readonly archived?: boolean
}

export async function findOrder(sql: Executor, scope: PartitionScope, id: string): Promise<NumberOrder | undefined> {
  const row = await orders(sql, scope).where('id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : (await withNumbers(sql, [row]))[0]
}

export function lockOrder(sql: Transaction, scope: PartitionScope, id: string): Promise<NumberOrderRow | undefined> {
  return orders(sql, scope).where('id', '=', id).forUpdate().executeTakeFirst()
}

/** Newest first. */
export async function listOrders(
  sql: Executor,
  scope: PartitionScope,
  filter: OrderFilter,
  page: ListPage,
): Promise<{ readonly orders: NumberOrder[]; readonly following: PagePosition | null }> {
  let query = orders(sql, scope).where('kind', 'in', filter.kinds)
  if (filter.accountId !== undefined) query = query.where('account_id', '=', filter.accountId)
  if (filter.archived !== undefined) query = query.where('archived', '=', filter.archived)
  const { rows, following } = await readPage(query, NEWEST_FIRST, page)
  return { orders: await withNumbers(sql, rows), following }
}

async function withNumbers(sql: Executor, rows: readonly NumberOrderRow[]): Promise<NumberOrder[]> {
  if (rows.length === 0) return []
  const lines = await sql
    .selectFrom('number_order_line as line')
    .leftJoin('telephone_number as number', (join) =>
      join.onRef('number.phone_number', '=', 'line.phone_number').onRef('number.order_id', '=', 'line.order_id'),
    )
    .select(['line.order_id', 'line.phone_number', 'number.carrier_status'])
    .where(
      'line.order_id',
      'in',
      rows.map((row) => row.id),
    ) // prettier-ignore
    .orderBy('line.position')
    .execute()
  const byOrder = Map.groupBy(lines, (line) => line.order_id)
  return rows.map((row) => ({
    row,
    numbers: (byOrder.get(row.id) ?? []).map((line) => ({ phoneNumber: line.phone_number, status: statusOf(row, line.carrier_status) })),
  }))
}

function statusOf(row: NumberOrderRow, carrierStatus: string | null): OrderedNumber['status'] {
  if (row.approval === 'REFUSED') return 'CANCELLED'
  if (carrierStatus === null) return 'RELEASED'
  return carrierStatus === 'ACTIVE' ? 'ACTIVE' : 'PENDING'
}

function orders(sql: Executor, scope: PartitionScope) {
  return sql.selectFrom('number_order').selectAll().where('partition_id', '=', scope.partitionId)
}

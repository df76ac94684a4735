import type { Selectable } from 'kysely'
import type { NumberOrderTable } from '../database/index.ts'

export type NumberOrderRow = Selectable<NumberOrderTable>

/** A number of an order, as it is now. */
export interface OrderedNumber {
  readonly phoneNumber: string
  /** `RELEASED`: it left the account since. */
  readonly status: 'ACTIVE' | 'PENDING' | 'RELEASED' | 'CANCELLED'
}

export interface NumberOrder {
  readonly row: NumberOrderRow
  readonly numbers: readonly OrderedNumber[]
}

export type OrderStatus = 'COMPLETED' | 'PENDING' | 'CANCELLED'

/** The state of an order is that of its numbers (C-29): nothing is stored that could contradict them. */
export function orderStatus({ row, numbers }: NumberOrder): OrderStatus {
  if (row.approval === 'REFUSED') return 'CANCELLED'
  return row.approval === 'AWAITED' || numbers.some((number) => number.status === 'PENDING') ? 'PENDING' : 'COMPLETED'
}

import type { PartitionScope } from '../access/index.ts'
import { type ListPage, type PageOfRows, readPage, type Sql } from '../database/index.ts'
import type { TelephoneNumberRow } from '../telephone-numbers/index.ts'

/** Numbers of the partition's own that are on no account. */
export function listInventory(sql: Sql, scope: PartitionScope, page: ListPage): Promise<PageOfRows<TelephoneNumberRow>> {
  const numbers = sql.selectFrom('telephone_number').selectAll().where('partition_id', '=', scope.partitionId).where('account_id', 'is', null)
  return readPage(numbers, { columns: ['phone_number'] }, page)
}

/** Whether any account on the platform has the number; whose, is not told. */
export async function isOnPlatform(sql: Sql, phoneNumber: string): Promise<boolean> {
  const row = await sql
    .selectFrom('telephone_number')
    .select('phone_number')
    .where('phone_number', '=', phoneNumber)
    .where('account_id', 'is not', null)
    .executeTakeFirst()
  return row !== undefined
}

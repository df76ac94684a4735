import type { Selectable } from 'kysely'
import type { AccountScope } from '../access/index.ts'
import { type ListPage, OLDEST_FIRST, type PageOfRows, readPage, type SpecialtyLineTable, type Sql, type Transaction } from '../database/index.ts'
import type { SpecialtyLineAttributes } from './specialty-line.ts'

export type SpecialtyLineRow = Selectable<SpecialtyLineTable>

type Executor = Sql | Transaction

const MAX_LISTED_LINES = 1000

function lines(sql: Executor, scope: AccountScope) {
  return sql.selectFrom('specialty_line').selectAll().where('account_id', '=', scope.accountId).where('partition_id', '=', scope.partitionId)
}

export function findSpecialtyLine(sql: Executor, scope: AccountScope, lineId: string): Promise<SpecialtyLineRow | undefined> {
  return lines(sql, scope).where('id', '=', lineId).executeTakeFirst()
}

export function lockSpecialtyLine(sql: Transaction, scope: AccountScope, lineId: string): Promise<SpecialtyLineRow | undefined> {
  return lines(sql, scope).where('id', '=', lineId).forUpdate().executeTakeFirst()
}

export function listSpecialtyLines(sql: Executor, scope: AccountScope, page: ListPage = { limit: MAX_LISTED_LINES }): Promise<PageOfRows<SpecialtyLineRow>> {
  return readPage(lines(sql, scope), OLDEST_FIRST, page)
}

export function insertSpecialtyLine(sql: Transaction, scope: AccountScope, id: string, line: SpecialtyLineAttributes, now: Date): Promise<SpecialtyLineRow> {
  return sql
    .insertInto('specialty_line')
    .values({ ...columnsOf(line), id, partition_id: scope.partitionId, account_id: scope.accountId, created_at: now, updated_at: now })
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** @param row a row that was locked inside the caller's scope. */
export function updateSpecialtyLineRow(sql: Transaction, row: SpecialtyLineRow, line: SpecialtyLineAttributes, now: Date): Promise<SpecialtyLineRow> {
  return sql
    .updateTable('specialty_line')
    .set({ ...columnsOf(line), updated_at: now })
    .where('id', '=', row.id)
    .where('account_id', '=', row.account_id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

export async function deleteSpecialtyLineRow(sql: Transaction, row: SpecialtyLineRow): Promise<void> {
  await sql.deleteFrom('specialty_line').where('id', '=', row.id).where('account_id', '=', row.account_id).execute()
}

/** The numbers that ring lines, by line. */
export async function numbersOfLines(sql: Executor, scope: AccountScope, lineIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  if (lineIds.length === 0) return new Map()
  const rows = await sql
    .selectFrom('telephone_number')
    .select(['phone_number', 'reference_id'])
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where('reference_type', '=', 'SPECIALTY_LINE')
    .where('reference_id', 'in', lineIds)
    .orderBy('phone_number')
    .execute()
  const byLine = Map.groupBy(rows, (row) => row.reference_id ?? '')
  return new Map([...byLine].map(([lineId, numbers]) => [lineId, numbers.map((number) => number.phone_number)]))
}

function columnsOf(line: SpecialtyLineAttributes) {
  return { name: line.name, caller_id: line.callerId, emergency_number: line.e911CallbackNumber }
}

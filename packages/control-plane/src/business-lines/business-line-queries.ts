import type { Selectable } from 'kysely'
import type { AccountScope } from '../access/index.ts'
import type { BusinessLineTable, Sql, Transaction } from '../database/index.ts'
import type { BusinessLine } from './business-line.ts'
import { type CallHandling, DEFAULT_CALL_HANDLING } from './call-handling.ts'

export type BusinessLineRow = Selectable<BusinessLineTable>

type Executor = Sql | Transaction

export const MAX_LINES = 1000

function lines(sql: Executor, scope: AccountScope) {
  return sql.selectFrom('business_line').selectAll().where('account_id', '=', scope.accountId).where('partition_id', '=', scope.partitionId)
}

export function findBusinessLine(sql: Executor, scope: AccountScope, lineId: string): Promise<BusinessLineRow | undefined> {
  return lines(sql, scope).where('id', '=', lineId).executeTakeFirst()
}

export function lockBusinessLine(sql: Transaction, scope: AccountScope, lineId: string): Promise<BusinessLineRow | undefined> {
  return lines(sql, scope).where('id', '=', lineId).forUpdate().executeTakeFirst()
}

export function listBusinessLines(sql: Executor, scope: AccountScope): Promise<BusinessLineRow[]> {
  return lines(sql, scope).orderBy('created_at').orderBy('id').limit(MAX_LINES).execute()
}

export async function countBusinessLines(sql: Transaction, scope: AccountScope): Promise<number> {
  const { total } = await sql
    .selectFrom('business_line')
    .select((expression) => expression.fn.countAll<string>().as('total'))
    .where('account_id', '=', scope.accountId)
    .executeTakeFirstOrThrow()
  return Number(total)
}

export function insertBusinessLine(sql: Transaction, scope: AccountScope, id: string, line: BusinessLine, now: Date): Promise<BusinessLineRow> {
  return sql
    .insertInto('business_line')
    .values({
      ...columnsOf(line),
      id,
      partition_id: scope.partitionId,
      account_id: scope.accountId,
      call_handling: JSON.stringify(DEFAULT_CALL_HANDLING),
      created_at: now,
      updated_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** @param row a row that was locked inside the caller's scope. */
export function updateBusinessLineRow(
  sql: Transaction,
  row: BusinessLineRow,
  to: { readonly line?: BusinessLine; readonly handling?: CallHandling },
  now: Date,
): Promise<BusinessLineRow> {
  return sql
    .updateTable('business_line')
    .set({
      ...(to.line === undefined ? {} : columnsOf(to.line)),
      ...(to.handling === undefined ? {} : { call_handling: JSON.stringify(to.handling) }),
      updated_at: now,
    })
    .where('id', '=', row.id)
    .where('account_id', '=', row.account_id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

export async function deleteBusinessLineRow(sql: Transaction, row: BusinessLineRow): Promise<void> {
  await sql.deleteFrom('business_line').where('id', '=', row.id).where('account_id', '=', row.account_id).execute()
}

export function lineOf(row: BusinessLineRow): BusinessLine {
  return {
    name: row.name,
    callerIdPhoneNumber: row.caller_id_number ?? undefined,
    callerIdVisible: row.caller_id_visible,
    emergencyCallbackPhoneNumber: row.emergency_number ?? undefined,
  }
}

/** What was checked before it was stored. */
export function handlingOf(row: BusinessLineRow): CallHandling {
  return { ...DEFAULT_CALL_HANDLING, ...(row.call_handling as Partial<CallHandling>) }
}

/** The names that callers of numbers show (CNAM). */
export async function callerNamesOf(sql: Executor, scope: AccountScope, numbers: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (numbers.length === 0) return new Map()
  const rows = await sql
    .selectFrom('telephone_number')
    .select(['phone_number', 'customer_service_record'])
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where('phone_number', 'in', numbers)
    .execute()
  return new Map(
    rows.flatMap((row) => {
      const name = row.customer_service_record?.['customerName']
      return typeof name === 'string' && name !== '' ? [[row.phone_number, name] as const] : []
    }),
  )
}

/** Which of the numbers the account has. */
export async function ownNumbers(sql: Transaction, scope: AccountScope, numbers: readonly string[]): Promise<ReadonlySet<string>> {
  if (numbers.length === 0) return new Set()
  const rows = await sql
    .selectFrom('telephone_number')
    .select('phone_number')
    .where('phone_number', 'in', numbers)
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .execute()
  return new Set(rows.map((row) => row.phone_number))
}

function columnsOf(line: BusinessLine) {
  return {
    name: line.name,
    caller_id_number: line.callerIdPhoneNumber ?? null,
    caller_id_visible: line.callerIdVisible,
    emergency_number: line.emergencyCallbackPhoneNumber ?? null,
  }
}

import type { PartitionScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type CsvCell, type CsvProblem, type CsvRow, readCsv } from '../csv/index.ts'
import type { Sql, Transaction } from '../database/index.ts'
import { factsOf, inventoryRow, isCoolingDown, lifecycleState, type TelephoneNumberRow } from '../telephone-numbers/index.ts'
import { type NewInventoryNumber, readInventoryNumber } from './add-to-inventory.ts'

export const INVENTORY_HEADERS = [
  'PhoneNumber', 'FunctionType', 'RateCenter', 'RateCenterReorderName', 'State', 'Country', 'Prefix', 'OperationalStatus', 'CarrierId', 'CarrierStatus', 'LifecycleState',
  'AccountId', 'CooldownExpireDate',
] as const // prettier-ignore
const REQUIRED_HEADERS = ['PhoneNumber'] as const
export const MAX_ROWS = 500_000
const ROWS_A_PAGE = 2000

/** Every number of the partition's own, ascending. */
export async function* inventoryRows(context: Context, scope: PartitionScope, limit: number): AsyncGenerator<readonly CsvCell[]> {
  let after = ''
  const nowMs = context.clock.nowMs()
  for (let left = limit; left > 0; left -= ROWS_A_PAGE) {
    const page = await readPage(context.database.sql, scope, after, Math.min(left, ROWS_A_PAGE))
    for (const row of page) yield cellsOf(row, nowMs)
    const last = page.at(-1)
    if (last === undefined || page.length < ROWS_A_PAGE) return
    after = last.phone_number
  }
}

function readPage(sql: Sql, scope: PartitionScope, after: string, limit: number): Promise<TelephoneNumberRow[]> {
  return sql
    .selectFrom('telephone_number')
    .selectAll()
    .where('partition_id', '=', scope.partitionId)
    .where('phone_number', '>', after)
    .orderBy('phone_number')
    .limit(limit)
    .execute()
}

function cellsOf(row: TelephoneNumberRow, nowMs: number): readonly CsvCell[] {
  // Nobody touches a number when it has rested: it is free from that moment on.
  const hasRested = row.cooldown_until !== null && !isCoolingDown(factsOf(row), nowMs)
  return [
    ...[row.phone_number, row.function_type, row.rate_center, row.rate_center_reorder_name, row.state, row.country, row.prefix, row.operational_status],
    ...[
      row.carrier_id,
      hasRested ? 'INVENTORY' : row.carrier_status,
      lifecycleState(factsOf(row), nowMs),
      row.account_id,
      hasRested ? null : row.cooldown_until,
    ],
  ]
}

/** The lines of an import: what is to come into the inventory, and what is wrong. */
export async function readInventory(file: string): Promise<{ readonly rows: readonly CsvRow[]; readonly problem: CsvProblem | undefined }> {
  const read = await readCsv(file, REQUIRED_HEADERS, MAX_ROWS, 'kept')
  return read.ok ? { rows: read.value, problem: undefined } : { rows: [], problem: read.error }
}

/** Takes some lines into the inventory. @returns the lines that were not taken, and why. */
export async function importRows(sql: Transaction, scope: PartitionScope, rows: readonly CsvRow[], now: Date): Promise<readonly CsvProblem[]> {
  const problems: CsvProblem[] = []
  const taken = new Map<string, { readonly row: CsvRow; readonly number: NewInventoryNumber }>()
  for (const row of rows) {
    if (row.hasTooManyCells) {
      problems.push(problemOf(row, '', 'TooManyCells'))
      continue
    }
    const number = readInventoryNumber(fieldsOf(row))
    if (!number.ok) problems.push(problemOf(row, number.error.details?.[0]?.field ?? 'phoneNumber', number.error.code))
    else if (taken.has(number.value.phoneNumber)) problems.push(problemOf(row, 'phoneNumber', 'DuplicatePhoneNumber'))
    else taken.set(number.value.phoneNumber, { row, number: number.value })
  }
  const values = [...taken.values()]
    .toSorted((one, other) => (one.number.phoneNumber < other.number.phoneNumber ? -1 : 1))
    .map(({ number }) => ({
      ...inventoryRow(number, { partitionId: scope.partitionId, carrierId: number.carrierId, now }),
      operational_status: number.operationalStatus,
    }))
  if (values.length === 0) return problems
  const inserted = await sql
    .insertInto('telephone_number')
    .values(values)
    .onConflict((conflict) => conflict.column('phone_number').doNothing())
    .returning('phone_number')
    .execute()
  for (const { phone_number } of inserted) taken.delete(phone_number)
  return [...problems, ...[...taken.values()].map(({ row }) => problemOf(row, 'phoneNumber', 'DuplicatePhoneNumber'))].toSorted(
    (a, b) => a.lineNumber - b.lineNumber,
  )
}

function fieldsOf({ cells }: CsvRow): Record<string, unknown> {
  const fields = Object.entries(cells).map(([header, cell]) => [header.charAt(0).toLowerCase() + header.slice(1), cell === '' ? undefined : cell])
  return Object.fromEntries(fields) as Record<string, unknown>
}

function problemOf(row: CsvRow, field: string, error: string): CsvProblem {
  return { lineNumber: row.lineNumber, column: field.charAt(0).toUpperCase() + field.slice(1), error, input: row.input }
}

export const importedEvent = (scope: PartitionScope, numbers: number) => ({
  type: 'number.imported',
  partitionId: scope.partitionId,
  accountId: undefined,
  data: { numbers },
})

import { type Selectable, type Updateable } from 'kysely'
import type { AccountScope, PartitionScope } from '../access/index.ts'
import { type ListPage, type PageOfRows, readPage, type Sql, type TelephoneNumberTable, type Transaction } from '../database/index.ts'
import { inventoryPartitions } from '../number-search/index.ts'
import type { NumberFacts } from './telephone-number.ts'

export type TelephoneNumberRow = Selectable<TelephoneNumberTable>

type Executor = Sql | Transaction

export function factsOf(row: TelephoneNumberRow): NumberFacts {
  return {
    accountId: row.account_id ?? undefined,
    carrierStatus: row.carrier_status,
    isPorted: row.port_id !== null,
    referenceId: row.reference_id ?? undefined,
    everReferenced: row.ever_referenced,
    reservedAccountId: row.reserved_account_id ?? undefined,
    reservedUntilMs: row.reserved_until?.getTime(),
    cooldownUntilMs: row.cooldown_until?.getTime(),
  }
}

/** A number somebody may order: of the partition's inventory or of one above, or already on the account. */
export async function lockOrderable(sql: Transaction, scope: PartitionScope, phoneNumbers: readonly string[]): Promise<TelephoneNumberRow[]> {
  const partitions = await inventoryPartitions(sql, scope)
  // In one order, so that two orders with common numbers wait for each other instead of blocking each other for ever.
  return sql
    .selectFrom('telephone_number')
    .selectAll()
    .where('phone_number', 'in', phoneNumbers)
    .where('partition_id', 'in', partitions)
    .orderBy('phone_number')
    .forUpdate()
    .execute()
}

export function findOnAccount(sql: Executor, scope: AccountScope, phoneNumber: string): Promise<TelephoneNumberRow | undefined> {
  return onAccount(sql, scope).where('phone_number', '=', phoneNumber).executeTakeFirst()
}

export function lockOnAccount(sql: Transaction, scope: AccountScope, phoneNumber: string): Promise<TelephoneNumberRow | undefined> {
  return onAccount(sql, scope).where('phone_number', '=', phoneNumber).forUpdate().executeTakeFirst()
}

export function listOnAccount(
  sql: Executor,
  scope: AccountScope,
  page: ListPage & { readonly isAssigned?: boolean | undefined },
): Promise<PageOfRows<TelephoneNumberRow>> {
  const numbers = onAccount(sql, scope)
  const wanted = page.isAssigned === undefined ? numbers : numbers.where('reference_id', page.isAssigned ? 'is not' : 'is', null)
  return readPage(wanted, { columns: ['created_at', 'phone_number'] }, page)
}

/** Numbers that ring an object, oldest first. */
export function numbersOf(
  sql: Executor,
  scope: AccountScope,
  target: { readonly type: string; readonly id: string },
  limit: number,
): Promise<TelephoneNumberRow[]> {
  return onAccount(sql, scope)
    .where('reference_type', '=', target.type)
    .where('reference_id', '=', target.id)
    .orderBy('created_at')
    .orderBy('phone_number')
    .limit(limit)
    .execute()
}

/** Numbers that ring any of these objects. */
export async function listReferencing(
  sql: Executor,
  scope: AccountScope,
  targets: { readonly type: string; readonly ids: readonly string[] },
  limit: number,
): Promise<TelephoneNumberRow[]> {
  if (targets.ids.length === 0) return []
  return onAccount(sql, scope)
    .where('reference_type', '=', targets.type)
    .where('reference_id', 'in', targets.ids)
    .orderBy('phone_number')
    .limit(limit)
    .execute()
}

/** Rows in the order of `phoneNumbers`: numbers a search found in the scope's own pool. */
export async function readInOrder(sql: Executor, phoneNumbers: readonly string[]): Promise<TelephoneNumberRow[]> {
  if (phoneNumbers.length === 0) return []
  const rows = await sql.selectFrom('telephone_number').selectAll().where('phone_number', 'in', phoneNumbers).execute()
  const byNumber = new Map(rows.map((row) => [row.phone_number, row]))
  return phoneNumbers.flatMap((phoneNumber) => byNumber.get(phoneNumber) ?? [])
}

/** Of the partition itself or of the inventory above it. */
export async function findVisible(sql: Executor, scope: PartitionScope, phoneNumber: string): Promise<TelephoneNumberRow | undefined> {
  const partitions = await inventoryPartitions(sql, scope)
  const row = await sql
    .selectFrom('telephone_number')
    .selectAll()
    .where('phone_number', '=', phoneNumber)
    .where('partition_id', 'in', partitions)
    .executeTakeFirst()
  // What is on an account is visible in that account's partition only.
  return row !== undefined && row.account_id !== null && row.partition_id !== scope.partitionId ? undefined : row
}

export async function countOnAccount(sql: Transaction, scope: AccountScope): Promise<number> {
  const { total } = await sql
    .selectFrom('telephone_number')
    .select((row) => row.fn.countAll<string>().as('total'))
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .executeTakeFirstOrThrow()
  return Number(total)
}

/** @param row a row that was locked inside the caller's scope. */
export function updateNumber(sql: Transaction, row: TelephoneNumberRow, values: Updateable<TelephoneNumberTable>, now: Date): Promise<TelephoneNumberRow> {
  return sql
    .updateTable('telephone_number')
    .set({ ...values, updated_at: now })
    .where('phone_number', '=', row.phone_number)
    .where('partition_id', '=', row.partition_id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** The number is not ours any more. @param row as for `updateNumber`. */
export async function deleteNumber(sql: Transaction, row: TelephoneNumberRow): Promise<void> {
  await sql.deleteFrom('telephone_number').where('phone_number', '=', row.phone_number).where('partition_id', '=', row.partition_id).execute()
}

/** Those of the numbers that the user they ring shows to others. */
export async function callerIdNumbers(sql: Executor, scope: AccountScope, rows: readonly TelephoneNumberRow[]): Promise<ReadonlySet<string>> {
  const userOf = new Map(rows.flatMap((row) => (row.reference_type === 'END_USER' && row.reference_id !== null ? [[row.phone_number, row.reference_id]] : [])))
  if (userOf.size === 0) return new Set()
  const users = await sql
    .selectFrom('end_user')
    .select(['id', 'caller_id_config'])
    .where('id', 'in', [...new Set(userOf.values())])
    .where('account_id', '=', scope.accountId)
    .execute()
  const shownBy = new Map(users.map((user) => [user.id, user.caller_id_config['callerIdNumber']]))
  return new Set([...userOf].flatMap(([phoneNumber, userId]) => (shownBy.get(userId) === phoneNumber ? [phoneNumber] : [])))
}

function onAccount(sql: Executor, scope: AccountScope) {
  return sql.selectFrom('telephone_number').selectAll().where('account_id', '=', scope.accountId).where('partition_id', '=', scope.partitionId)
}

import { type Insertable, type Selectable, sql as sqlText, type Updateable } from 'kysely'
import type { AccountScope } from '../access/index.ts'
import type { OutboundFaxTable, Sql, Transaction } from '../database/index.ts'

export type OutboundFaxRow = Selectable<OutboundFaxTable>

type Executor = Sql | Transaction

/** An account keeps what became of so many. */
export const MAX_KEPT = 1_000

/** In the file store, of an id that is ours. */
export function outboundFile(faxId: string): string {
  return `outbound-fax/${faxId}`
}

export function listOutboundFaxes(sql: Executor, scope: AccountScope): Promise<OutboundFaxRow[]> {
  return faxesOf(sql, scope).orderBy('created_at', 'desc').orderBy('id').limit(MAX_KEPT).execute()
}

export function findOutboundFax(sql: Executor, scope: AccountScope, faxId: string): Promise<OutboundFaxRow | undefined> {
  return faxesOf(sql, scope).where('id', '=', faxId).executeTakeFirst()
}

/** Nobody else changes it until the transaction is over. */
export function lockOutboundFax(sql: Transaction, scope: AccountScope, faxId: string): Promise<OutboundFaxRow | undefined> {
  return faxesOf(sql, scope).where('id', '=', faxId).forUpdate().executeTakeFirst()
}

export function insertOutboundFax(sql: Transaction, fax: Insertable<OutboundFaxTable>): Promise<OutboundFaxRow> {
  return sql.insertInto('outbound_fax').values(fax).returningAll().executeTakeFirstOrThrow()
}

export function changeOutboundFax(sql: Executor, faxId: string, changes: Updateable<OutboundFaxTable>): Promise<OutboundFaxRow> {
  return sql.updateTable('outbound_fax').set(changes).where('id', '=', faxId).returningAll().executeTakeFirstOrThrow()
}

export async function deleteOutboundFax(sql: Transaction, scope: AccountScope, faxId: string): Promise<void> {
  await sql.deleteFrom('outbound_fax').where('account_id', '=', scope.accountId).where('id', '=', faxId).execute()
}

export async function countWaiting(sql: Executor, scope: AccountScope): Promise<number> {
  return (await faxesOf(sql, scope).where('due_at', 'is not', null).execute()).length
}

/** Of those that are done, all but the latest. */
export async function dropOldOutboundFaxes(sql: Transaction, scope: AccountScope): Promise<void> {
  const old = await faxesOf(sql, scope).where('due_at', 'is', null).orderBy('created_at', 'desc').orderBy('id').offset(MAX_KEPT).execute()
  if (old.length > 0) await sql.deleteFrom('outbound_fax').where('id', 'in', old.map(({ id }) => id)).execute() // prettier-ignore
}

/** Those that are to be looked at now: to be called, or called a while ago. */
/** @param besides faxes that rest after a failure */
export function dueOutboundFaxes(sql: Executor, now: Date, besides: readonly string[], limit: number): Promise<OutboundFaxRow[]> {
  const due = sql.selectFrom('outbound_fax').selectAll().where('due_at', '<=', now)
  return due
    .where(sqlText<boolean>`id <> ALL(${besides})`)
    .orderBy('due_at')
    .limit(limit)
    .execute()
}

function faxesOf(sql: Executor, scope: AccountScope) {
  return sql.selectFrom('outbound_fax').selectAll().where('account_id', '=', scope.accountId).where('partition_id', '=', scope.partitionId)
}

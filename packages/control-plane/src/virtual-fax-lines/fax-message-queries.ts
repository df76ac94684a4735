import type { Insertable, Selectable } from 'kysely'
import type { AccountScope } from '../access/index.ts'
import type { FaxMessageTable, Sql, Transaction } from '../database/index.ts'

export type FaxMessageRow = Selectable<FaxMessageTable>

type Executor = Sql | Transaction

/** A line keeps the latest: nobody has to empty it by hand. */
export const MAX_MESSAGES_OF_LINE = 1_000

/** In the file store, of an id that is ours. */
export function faxFile(messageId: string): string {
  return `fax/${messageId}`
}

export function listFaxMessages(sql: Executor, scope: AccountScope, lineId: string): Promise<FaxMessageRow[]> {
  return messagesOf(sql, scope, lineId).orderBy('created_at', 'desc').orderBy('id').limit(MAX_MESSAGES_OF_LINE).execute()
}

export function findFaxMessage(sql: Executor, scope: AccountScope, lineId: string, messageId: string): Promise<FaxMessageRow | undefined> {
  return messagesOf(sql, scope, lineId).where('id', '=', messageId).executeTakeFirst()
}

export async function faxMessageIds(sql: Executor, scope: AccountScope, lineId: string): Promise<readonly string[]> {
  return (await messagesOf(sql, scope, lineId).execute()).map((row) => row.id)
}

export function insertFaxMessage(sql: Transaction, message: Insertable<FaxMessageTable>): Promise<FaxMessageRow> {
  return sql.insertInto('fax_message').values(message).returningAll().executeTakeFirstOrThrow()
}

/** @returns whether it was there */
export async function deleteFaxMessage(sql: Transaction, scope: AccountScope, lineId: string, messageId: string): Promise<boolean> {
  const { numDeletedRows } = await sql
    .deleteFrom('fax_message')
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where('line_id', '=', lineId)
    .where('id', '=', messageId)
    .executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}

/** Those beyond what a line keeps. @returns their ids */
export async function dropOldestFaxMessages(sql: Transaction, scope: AccountScope, lineId: string): Promise<readonly string[]> {
  const oldest = messagesOf(sql, scope, lineId).orderBy('created_at', 'desc').orderBy('id').offset(MAX_MESSAGES_OF_LINE)
  const ids = (await oldest.execute()).map((row) => row.id)
  if (ids.length > 0) await sql.deleteFrom('fax_message').where('id', 'in', ids).execute()
  return ids
}

function messagesOf(sql: Executor, scope: AccountScope, lineId: string) {
  return sql
    .selectFrom('fax_message')
    .selectAll()
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where('line_id', '=', lineId)
}

import type { Insertable, Selectable } from 'kysely'
import type { AccountScope } from '../access/index.ts'
import type { Sql, Transaction, VoicemailMessageTable } from '../database/index.ts'

export type VoicemailMessageRow = Selectable<VoicemailMessageTable>

type Executor = Sql | Transaction

const MAX_LIST = 1000

export function listMessages(sql: Executor, scope: AccountScope, boxId: string): Promise<VoicemailMessageRow[]> {
  return messages(sql, scope, boxId).orderBy('created_at', 'desc').orderBy('id').limit(MAX_LIST).execute()
}

export function findMessage(sql: Executor, scope: AccountScope, boxId: string, messageId: string): Promise<VoicemailMessageRow | undefined> {
  return messages(sql, scope, boxId).where('id', '=', messageId).executeTakeFirst()
}

export async function messageIdsOf(sql: Executor, scope: AccountScope, boxId: string): Promise<readonly string[]> {
  return (await messages(sql, scope, boxId).execute()).map((row) => row.id)
}

export function insertMessage(sql: Transaction, message: Insertable<VoicemailMessageTable>): Promise<VoicemailMessageRow> {
  return sql.insertInto('voicemail_message').values(message).returningAll().executeTakeFirstOrThrow()
}

/** @returns the ids that were in the box. */
export async function markMessages(
  sql: Transaction,
  scope: AccountScope,
  boxId: string,
  messageIds: readonly string[],
  isRead: boolean,
): Promise<readonly string[]> {
  if (messageIds.length === 0) return []
  const rows = await sql
    .updateTable('voicemail_message')
    .set({ is_read: isRead })
    .where('account_id', '=', scope.accountId)
    .where('box_id', '=', boxId)
    .where('id', 'in', messageIds)
    .returning('id')
    .execute()
  return rows.map((row) => row.id)
}

/** @returns the ids that were in the box. */
export async function deleteMessageRows(sql: Transaction, scope: AccountScope, boxId: string, messageIds: readonly string[]): Promise<readonly string[]> {
  if (messageIds.length === 0) return []
  const rows = await sql
    .deleteFrom('voicemail_message')
    .where('account_id', '=', scope.accountId)
    .where('box_id', '=', boxId)
    .where('id', 'in', messageIds)
    .returning('id')
    .execute()
  return rows.map((row) => row.id)
}

/** How many messages boxes hold, and how many of them nobody has heard. */
export async function countMessages(
  sql: Executor,
  scope: AccountScope,
  boxIds: readonly string[],
): Promise<ReadonlyMap<string, { readonly total: number; readonly unread: number }>> {
  if (boxIds.length === 0) return new Map()
  const rows = await sql
    .selectFrom('voicemail_message')
    .select((expression) => [
      'box_id',
      expression.fn.countAll<string>().as('total'),
      expression.fn.countAll<string>().filterWhere('is_read', '=', false).as('unread'),
    ])
    .where('account_id', '=', scope.accountId)
    .where('box_id', 'in', boxIds)
    .groupBy('box_id')
    .execute()
  return new Map(rows.map((row) => [row.box_id, { total: Number(row.total), unread: Number(row.unread) }]))
}

function messages(sql: Executor, scope: AccountScope, boxId: string) {
  return sql
    .selectFrom('voicemail_message')
    .selectAll()
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where('box_id', '=', boxId)
}

import { newId } from '@dialtone/foundation'
import type { Selectable } from 'kysely'
import type { AccountScope } from '../access/index.ts'
import { type ListPage, OLDEST_FIRST, type PageOfRows, readPage, type Sql, type Transaction, type VoicemailBoxTable } from '../database/index.ts'
import type { BoxType, VoicemailBox } from './voicemail-box.ts'

export type VoicemailBoxRow = Selectable<VoicemailBoxTable>

type Executor = Sql | Transaction

const MAX_LIST = 1000

export function findBox(sql: Executor, scope: AccountScope, boxId: string): Promise<VoicemailBoxRow | undefined> {
  return boxes(sql, scope).where('id', '=', boxId).executeTakeFirst()
}

export function lockBox(sql: Transaction, scope: AccountScope, boxId: string): Promise<VoicemailBoxRow | undefined> {
  return boxes(sql, scope).where('id', '=', boxId).forUpdate().executeTakeFirst()
}

interface BoxFilter {
  readonly parentId?: string | undefined
  readonly type?: BoxType
}

export async function listBoxes(sql: Executor, scope: AccountScope, filter: BoxFilter): Promise<VoicemailBoxRow[]> {
  return (await pageOfBoxes(sql, scope, filter)).rows
}

export function pageOfBoxes(sql: Executor, scope: AccountScope, filter: BoxFilter, page: ListPage = { limit: MAX_LIST }): Promise<PageOfRows<VoicemailBoxRow>> {
  let query = boxes(sql, scope)
  if (filter.parentId !== undefined) query = query.where('parent_id', '=', filter.parentId)
  if (filter.type !== undefined) query = query.where('type', '=', filter.type)
  return readPage(query, OLDEST_FIRST, page)
}

/** The sub boxes of primary ones, the oldest first, by the id of the primary. */
export async function subBoxIds(sql: Executor, scope: AccountScope, primaryIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  if (primaryIds.length === 0) return new Map()
  const rows = await boxes(sql, scope)
    .clearSelect()
    .select(['id', 'parent_id'])
    .where('parent_id', 'in', primaryIds)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  const subs = Map.groupBy(rows, (row) => row.parent_id ?? '')
  return new Map([...subs].map(([primaryId, those]) => [primaryId, those.map((sub) => sub.id)]))
}

export function insertBox(sql: Transaction, scope: AccountScope, box: VoicemailBox, now: Date): Promise<VoicemailBoxRow> {
  return sql
    .insertInto('voicemail_box')
    .values({ ...columnsOf(box), id: newId(), partition_id: scope.partitionId, account_id: scope.accountId, created_at: now })
    .returningAll()
    .executeTakeFirstOrThrow()
}

export function updateBox(sql: Transaction, row: VoicemailBoxRow, box: VoicemailBox): Promise<VoicemailBoxRow> {
  return sql
    .updateTable('voicemail_box')
    .set(columnsOf(box))
    .where('id', '=', row.id)
    .where('account_id', '=', row.account_id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** @param row a box that was locked inside the caller's scope. */
export async function deleteBoxRow(sql: Transaction, row: VoicemailBoxRow): Promise<void> {
  await sql.deleteFrom('voicemail_message').where('box_id', '=', row.id).where('account_id', '=', row.account_id).execute()
  await sql.deleteFrom('voicemail_box').where('id', '=', row.id).where('account_id', '=', row.account_id).execute()
}

export async function setGreetings(sql: Transaction, row: VoicemailBoxRow, greetings: VoicemailBoxRow['greetings']): Promise<void> {
  await sql
    .updateTable('voicemail_box')
    .set({ greetings: JSON.stringify(greetings) })
    .where('id', '=', row.id)
    .where('account_id', '=', row.account_id)
    .execute()
}

/** What a row says, with what a box of a user has before anybody configured it. */
export function boxOf(row: VoicemailBoxRow): VoicemailBox {
  const { settings } = row
  return {
    name: row.name,
    type: row.type as BoxType,
    locale: (settings['locale'] ?? 'en-US') as VoicemailBox['locale'],
    emailAddresses: (settings['emailAddresses'] ?? []) as readonly string[],
    emailEnabled: settings['emailEnabled'] === true,
    keepAfterEmail: settings['keepAfterEmail'] !== false,
    transcriptionEnabled: settings['transcriptionEnabled'] === true,
    parentId: row.parent_id ?? undefined,
    dtmfOption: row.dtmf_option ?? undefined,
  }
}

function boxes(sql: Executor, scope: AccountScope) {
  return sql.selectFrom('voicemail_box').selectAll().where('account_id', '=', scope.accountId).where('partition_id', '=', scope.partitionId)
}

function columnsOf({ name, type, parentId, dtmfOption, ...settings }: VoicemailBox) {
  return { name, type, parent_id: parentId ?? null, dtmf_option: dtmfOption ?? null, settings: JSON.stringify(settings) }
}

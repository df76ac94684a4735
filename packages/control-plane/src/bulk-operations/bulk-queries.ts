import type { Selectable } from 'kysely'
import { type AccountScope, enterAccount, enterPartition, type Principal } from '../access/index.ts'
import {
  type BulkCollectionTable,
  type BulkItemTable,
  type BulkResultTable,
  type ListPage,
  type PageOfRows,
  readPage,
  type Sql,
  type Transaction,
} from '../database/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { err, type Result } from '@dialtone/foundation'

export type CollectionRow = Selectable<BulkCollectionTable>
export type ItemRow = Selectable<BulkItemTable>
export type ResultRow = Selectable<BulkResultTable>

/** Collections belong to who made them, as their jobs do. */
export function findCollection(sql: Sql | Transaction, principal: Principal, id: string): Promise<CollectionRow | undefined> {
  return sql.selectFrom('bulk_collection').selectAll().where('id', '=', id).where('user_id', '=', principal.userId).executeTakeFirst()
}

export function lockCollection(sql: Transaction, principal: Principal, id: string): Promise<CollectionRow | undefined> {
  return sql.selectFrom('bulk_collection').selectAll().where('id', '=', id).where('user_id', '=', principal.userId).forUpdate().executeTakeFirst()
}

/** Some items from a position on. */
export function readItems(sql: Sql | Transaction, collectionId: string, from: number, limit: number): Promise<ItemRow[]> {
  return sql
    .selectFrom('bulk_item')
    .selectAll()
    .where('collection_id', '=', collectionId)
    .where('position', '>=', from)
    .orderBy('position')
    .limit(limit)
    .execute()
}

interface WantedResults {
  readonly from: number
  readonly failedOnly?: boolean
}

export async function readResults(sql: Sql | Transaction, jobId: string, o: WantedResults & { readonly limit: number }): Promise<ResultRow[]> {
  return (await pageOfResults(sql, jobId, o, o)).rows
}

export function pageOfResults(sql: Sql | Transaction, jobId: string, o: WantedResults, page: ListPage): Promise<PageOfRows<ResultRow>> {
  let query = sql.selectFrom('bulk_result').selectAll().where('job_id', '=', jobId).where('position', '>=', o.from)
  if (o.failedOnly === true) query = query.where('is_successful', '=', false)
  return readPage(query, { columns: ['position'] }, page)
}

/** The account of an operation whose path names none: it is looked for in the caller's own partitions only, and 404 outside of them. */
export async function enterNamedAccount(sql: Sql, principal: Principal, accountId: string): Promise<Result<AccountScope, ApiFailure>> {
  const account = await sql
    .selectFrom('account')
    .select('partition_id')
    .where('id', '=', accountId)
    .where('partition_id', 'in', [...principal.visiblePartitionIds])
    .executeTakeFirst()
  const scope = account === undefined ? undefined : enterPartition(principal, account.partition_id)
  if (scope === undefined || !scope.ok) return err(entityNotFound('Account', accountId))
  return enterAccount(sql, principal, scope.value, accountId)
}

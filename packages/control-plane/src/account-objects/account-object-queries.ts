import type { Selectable } from 'kysely'
import type { AccountScope } from '../access/index.ts'
import { type AccountObjectTable, type ListPage, OLDEST_FIRST, type PageOfRows, readPage, type Sql, type Transaction } from '../database/index.ts'
import type { ObjectId, ObjectReference, ObjectType, UsedBy } from './account-object.ts'

export type AccountObjectRow = Selectable<AccountObjectTable>

type Executor = Sql | Transaction

/** More users than this are counted by nobody: one is enough to refuse a deletion. */
const MAX_USED_BY = 100

function objects(sql: Executor, scope: AccountScope) {
  return sql.selectFrom('account_object').selectAll().where('account_id', '=', scope.accountId).where('partition_id', '=', scope.partitionId)
}

export function findObject(sql: Executor, scope: AccountScope, { type, id }: ObjectId): Promise<AccountObjectRow | undefined> {
  return objects(sql, scope).where('type', '=', type).where('id', '=', id).executeTakeFirst()
}

export function lockObject(sql: Transaction, scope: AccountScope, { type, id }: ObjectId): Promise<AccountObjectRow | undefined> {
  return objects(sql, scope).where('type', '=', type).where('id', '=', id).forUpdate().executeTakeFirst()
}

export async function objectExists(sql: Executor, scope: AccountScope, object: ObjectId): Promise<boolean> {
  return (await findObject(sql, scope, object)) !== undefined
}

export function listObjects(sql: Executor, scope: AccountScope, type: ObjectType, limit: number): Promise<AccountObjectRow[]> {
  return objects(sql, scope).where('type', '=', type).orderBy('created_at').orderBy('id').limit(limit).execute()
}

export function pageOfObjects(sql: Executor, scope: AccountScope, type: ObjectType, page: ListPage): Promise<PageOfRows<AccountObjectRow>> {
  return readPage(objects(sql, scope).where('type', '=', type), OLDEST_FIRST, page)
}

export async function countObjects(sql: Executor, scope: AccountScope, type: ObjectType): Promise<number> {
  const { total } = await sql
    .selectFrom('account_object')
    .select((expression) => expression.fn.countAll<string>().as('total'))
    .where('account_id', '=', scope.accountId)
    .where('type', '=', type)
    .executeTakeFirstOrThrow()
  return Number(total)
}

/** The first `MAX_USED_BY` that point at an object, by type and name. */
export async function usersOf(sql: Executor, scope: AccountScope, { type, id }: ObjectId): Promise<readonly UsedBy[]> {
  const rows = await users(sql, scope, type).where('reference.to_id', '=', id).limit(MAX_USED_BY).execute()
  return rows.map(usedBy)
}

/** The same of several objects of a type, asked for at once; who is used by nobody has no entry. */
export async function usersOfEach(
  sql: Executor,
  scope: AccountScope,
  type: ObjectType,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly UsedBy[]>> {
  const found = new Map<string, UsedBy[]>()
  const rows = ids.length === 0 ? [] : await users(sql, scope, type).where('reference.to_id', 'in', ids).execute()
  for (const row of rows) {
    const those = found.get(row.to_id)
    if (those === undefined) found.set(row.to_id, [usedBy(row)])
    else if (those.length < MAX_USED_BY) those.push(usedBy(row))
  }
  return found
}

/** Who points at objects of a type, by type and name. */
function users(sql: Executor, scope: AccountScope, type: ObjectType) {
  return (
    sql
      .selectFrom('account_object_reference as reference')
      .innerJoin('account_object as user', (join) =>
        join.onRef('user.account_id', '=', 'reference.account_id').onRef('user.type', '=', 'reference.from_type').onRef('user.id', '=', 'reference.from_id'),
      )
      .select(['reference.to_id', 'user.type', 'user.id', 'user.name', 'reference.role'])
      .distinct()
      .where('reference.account_id', '=', scope.accountId)
      .where('user.partition_id', '=', scope.partitionId)
      .where('reference.to_type', '=', type)
      // What points at itself keeps nobody from deleting it.
      .where((expression) =>
        expression.or([expression('reference.from_type', '<>', type), expression('reference.from_id', '<>', expression.ref('reference.to_id'))]),
      )
      .orderBy('user.type')
      .orderBy('user.name')
      .orderBy('user.id')
  )
}

function usedBy({ type, id, name, role }: { readonly type: string; readonly id: string; readonly name: string; readonly role: string }): UsedBy {
  return { type: type as ObjectType, id, name, role }
}

/** What an object points at, in its own order. */
export async function referencesOf(sql: Executor, scope: AccountScope, { type, id }: ObjectId): Promise<readonly ObjectReference[]> {
  const rows = await sql
    .selectFrom('account_object_reference')
    .select(['role', 'to_type', 'to_id'])
    .where('account_id', '=', scope.accountId)
    .where('from_type', '=', type)
    .where('from_id', '=', id)
    .orderBy('role')
    .orderBy('position')
    .execute()
  return rows.map((row) => ({ role: row.role, type: row.to_type as ObjectType, id: row.to_id }))
}

import { type Selectable, sql as sqlText } from 'kysely'
import type { PartitionScope } from '../access/index.ts'
import type { ManagementUserTable, Sql, Transaction } from '../database/index.ts'

export type ManagementUserRow = Selectable<ManagementUserTable>
export type SortColumn = 'firstName' | 'lastName' | 'username'

type Executor = Sql | Transaction

const COLUMN_OF = { firstName: 'first_name', lastName: 'last_name', username: 'username' } as const

export function findManagementUser(sql: Executor, scope: PartitionScope, id: string): Promise<ManagementUserRow | undefined> {
  return inPartition(sql, scope).selectAll().where('id', '=', id).executeTakeFirst()
}

export function lockManagementUser(sql: Transaction, scope: PartitionScope, id: string): Promise<ManagementUserRow | undefined> {
  return inPartition(sql, scope).selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

export function listManagementUsers(sql: Executor, scope: PartitionScope, limit: number): Promise<ManagementUserRow[]> {
  return inPartition(sql, scope).selectAll().orderBy('created_at').orderBy('id').limit(limit).execute()
}

export function managementUsersNamed(sql: Transaction, scope: PartitionScope, usernames: readonly string[]): Promise<ManagementUserRow[]> {
  const wanted = [...usernames.map((name) => name.toLowerCase()), '']
  return inPartition(sql, scope)
    .selectAll()
    .where((row) => row(row.fn('lower', ['username']), 'in', wanted))
    .orderBy('id')
    .forUpdate()
    .execute()
}

export async function searchManagementUsers(
  sql: Sql,
  scope: PartitionScope,
  o: { searchString: string; sortColumn: SortColumn; descending: boolean; offset: number; limit: number },
): Promise<{ readonly rows: readonly ManagementUserRow[]; readonly totalRecords: number }> {
  const pattern = `%${o.searchString.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  const found = inPartition(sql, scope).where((row) =>
    row.or([row('username', 'ilike', pattern), row(sqlText<string>`first_name || ' ' || last_name`, 'ilike', pattern)]),
  )
  const rows = await found
    .selectAll()
    // As in a directory: whoever is written small does not come after everybody else.
    .orderBy((row) => row.fn('lower', [COLUMN_OF[o.sortColumn]]), o.descending ? 'desc' : 'asc')
    .orderBy('id')
    .offset(o.offset)
    .limit(o.limit)
    .execute()
  const { total } = await found.select((row) => row.fn.countAll<string>().as('total')).executeTakeFirstOrThrow()
  return { rows, totalRecords: Number(total) }
}

/** Login names are given once on the whole platform, whatever kind of user has them (S1-49). */
export async function isLoginNameTaken(sql: Executor, username: string): Promise<boolean> {
  return (await sql.selectFrom('login_name').select('name').where('name', '=', username.toLowerCase()).executeTakeFirst()) !== undefined
}

function inPartition(sql: Executor, scope: PartitionScope) {
  return sql.selectFrom('management_user').where('partition_id', '=', scope.partitionId)
}

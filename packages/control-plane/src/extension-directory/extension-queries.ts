import { sql as sqlText } from 'kysely'
import type { AccountScope } from '../access/index.ts'
import type { ObjectType } from '../account-objects/index.ts'
import type { Sql } from '../database/index.ts'

export interface ExtensionEntry {
  readonly extension: string
  readonly name: string
  readonly type: string
  readonly id: string
}

/** Who has which extension, in the order of a telephone list. @param filter `q` is part of a name or the beginning of an extension. */
export async function listExtensions(
  sql: Sql,
  scope: AccountScope,
  filter: { readonly q?: string | undefined; readonly type?: ObjectType | undefined },
  page: { readonly limit: number; readonly offset: number },
): Promise<{ readonly total: number; readonly entries: readonly ExtensionEntry[] }> {
  const { q, type } = filter
  const found = sql
    .selectFrom('account_object_key as key')
    .innerJoin('account_object as object', (join) =>
      join.onRef('object.account_id', '=', 'key.account_id').onRef('object.type', '=', 'key.type').onRef('object.id', '=', 'key.id'),
    )
    .where('key.account_id', '=', scope.accountId)
    .where('object.partition_id', '=', scope.partitionId)
    .where('key.key', '=', 'extension')
    .$if(type !== undefined, (query) => query.where('key.type', '=', type ?? ''))
    .$if(q !== undefined, (query) =>
      query.where((expression) => expression.or([expression('object.name', 'ilike', `%${literal(q)}%`), expression('key.value', 'like', `${literal(q)}%`)])),
    )
  const { total } = await found.select((expression) => expression.fn.countAll<string>().as('total')).executeTakeFirstOrThrow()
  const entries = await found
    .select(['key.value as extension', 'object.name', 'object.type', 'object.id'])
    // 999 before 1000.
    .orderBy(sqlText`length(key.value)`)
    .orderBy('key.value')
    .limit(page.limit)
    .offset(page.offset)
    .execute()
  return { total: Number(total), entries }
}

/** What somebody searches for is no pattern. */
function literal(text = ''): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`)
}

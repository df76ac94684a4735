import type { ObjectType } from '../../account-objects/index.ts'
import type { Sql } from '../../database/index.ts'

/** Every object of a kind that is only data and references (`configurationObject`), the oldest first. */
export async function configuredAttributes<Attributes extends object>(
  sql: Sql,
  accountId: string,
  type: ObjectType,
): Promise<readonly { readonly id: string; readonly attributes: Attributes }[]> {
  const rows = await sql
    .selectFrom('account_object')
    .select(['id', 'attributes'])
    .where('account_id', '=', accountId)
    .where('type', '=', type)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return rows.map(({ id, attributes }) => ({ id, attributes: attributes as Attributes }))
}

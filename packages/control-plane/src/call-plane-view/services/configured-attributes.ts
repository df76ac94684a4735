import type { ObjectType } from '../../account-objects/index.ts'
import type { Sql } from '../../database/index.ts'
import { ofAccounts } from '../of-accounts.ts'

/** Every object of a kind that is only data and references (`configurationObject`), the oldest first. */
export async function configuredAttributes<Attributes extends object>(
  sql: Sql,
  accountId: string,
  type: ObjectType,
): Promise<readonly { readonly id: string; readonly attributes: Attributes }[]> {
  const rows = await configured(sql, accountId)
  return rows.flatMap((row) => (row.type === type ? [{ id: row.id, attributes: row.attributes as Attributes }] : []))
}

/** Of all kinds at once: each is asked for by somebody. */
const configured = ofAccounts(
  (sql, accountIds) =>
    sql
      .selectFrom('account_object')
      .select(['account_id', 'type', 'id', 'attributes'])
      .where('account_id', 'in', accountIds)
      .where('attributes', 'is not', null)
      .orderBy('created_at')
      .orderBy('id')
      .execute(),
  (row) => row.account_id,
)

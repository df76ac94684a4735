import { ofAccounts } from '../of-accounts.ts'
import type { ServiceReader } from './service-reader.ts'

/** Extensions of everything that is not a user, and the numbers of parking spots: what stands in the account's directory. */
export const extensionTargets: ServiceReader = async (sql, accountId) => {
  const rows = await directoryOf(sql, accountId)
  // An extension comes before a spot of the same digits: it was there for every phone to call.
  const inOrder = rows.toSorted((one, other) => Number(one.key === 'extension') - Number(other.key === 'extension'))
  return { targetByExtension: new Map(inOrder.map(({ type, id, value }) => [value, { referenceType: type, referenceId: id }])) }
}

const directoryOf = ofAccounts(
  (sql, accountIds) =>
    sql
      .selectFrom('account_object_key')
      .select(['account_id', 'type', 'id', 'key', 'value'])
      .where('account_id', 'in', accountIds)
      .where('key', 'in', ['extension', 'spotNumber'])
      .where('type', '<>', 'END_USER')
      .execute(),
  (row) => row.account_id,
)

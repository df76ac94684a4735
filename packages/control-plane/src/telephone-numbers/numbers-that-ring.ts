import type { AccountScope } from '../access/index.ts'
import type { Sql } from '../database/index.ts'
import type { TelephoneNumberRow } from './telephone-number-queries.ts'

const MAX_NUMBERS = 100

/** The numbers of an account that ring these objects. */
export function accountNumbersOf(sql: Sql, scope: AccountScope, referenceIds: readonly string[]): Promise<TelephoneNumberRow[]> {
  if (referenceIds.length === 0) return Promise.resolve([])
  return sql
    .selectFrom('telephone_number')
    .selectAll()
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where('reference_id', 'in', [...new Set(referenceIds)])
    .orderBy('phone_number')
    .limit(MAX_NUMBERS)
    .execute()
}

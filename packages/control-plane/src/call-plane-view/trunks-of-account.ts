import { ofAccounts } from './of-accounts.ts'

/** The trunks of customers' PBXs, the oldest first. */
export const trunksOfAccount = ofAccounts(
  (sql, accountIds) =>
    sql.selectFrom('sip_trunk').selectAll().where('account_id', 'in', accountIds).where('kind', '=', 'PBX').orderBy('created_at').orderBy('id').execute(),
  (row) => row.account_id ?? '',
)

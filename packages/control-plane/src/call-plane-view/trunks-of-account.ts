import { ofAccounts } from './of-accounts.ts'

/** The trunks of customers' PBXs, the oldest first. */
export const trunksOfAccount = ofAccounts(
  (sql, accountIds) =>
    sql.selectFrom('sip_trunk').selectAll().where('account_id', 'in', accountIds).where('kind', '=', 'PBX').orderBy('created_at').orderBy('id').execute(),
  (row) => row.account_id ?? '',
)

/** The addresses of all its trunks (S3-25). */
export const trunkAddressesOfAccount = ofAccounts(
  (sql, accountIds) => sql.selectFrom('trunk_address').selectAll().where('account_id', 'in', accountIds).orderBy('priority').orderBy('id').execute(),
  (row) => row.account_id ?? '',
)

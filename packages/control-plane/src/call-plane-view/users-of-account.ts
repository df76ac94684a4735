import { ofAccounts } from './of-accounts.ts'

export const usersOfAccount = ofAccounts(
  (sql, accountIds) => sql.selectFrom('end_user').selectAll().where('account_id', 'in', accountIds).execute(),
  (row) => row.account_id,
)

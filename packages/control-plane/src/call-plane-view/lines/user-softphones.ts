import { ofAccounts } from '../of-accounts.ts'
import type { LineKind } from './line-kind.ts'

/** The apps of users: each rings with the phones of its user and calls as he, and stands where his caller ID is registered (S1-95, S1-96). */
export const userSoftphones: LineKind = {
  name: 'SOFTPHONE',
  read: async (sql, accountId) => {
    const rows = await softphonesOf(sql, accountId)
    return rows.flatMap(({ line_id: id, user_id: userId }) =>
      id === null ? [] : [{ id, userId, ringsForUserIds: [userId], emergencyNumber: undefined, adminState: 'ACTIVE' as const }],
    )
  },
}

const softphonesOf = ofAccounts(
  (sql, accountIds) =>
    sql
      .selectFrom('user_softphone')
      .select(['account_id', 'user_id', 'line_id'])
      .where('account_id', 'in', accountIds)
      .where('line_id', 'is not', null)
      .orderBy('created_at')
      .orderBy('user_id')
      .execute(),
  (row) => row.account_id,
)

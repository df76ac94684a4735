import { ofAccounts } from '../of-accounts.ts'
import type { LineKind } from './line-kind.ts'

/** Ports of adapters: they belong to nobody, show their own number, or none, and ring when a number refers to them (S1-99, S1-101). */
export const businessLines: LineKind = {
  name: 'BUSINESS_LINE',
  read: async (sql, accountId) => {
    const rows = await linesOf(sql, accountId)
    return rows.map((row) => ({
      id: row.id,
      userId: undefined,
      ringsForUserIds: [],
      emergencyNumber: row.emergency_number ?? undefined,
      // Without a number of its own the line is anonymous (S1-103).
      callerId: { number: row.caller_id_number ?? undefined, name: row.name, visible: row.caller_id_visible && row.caller_id_number !== null },
      adminState: row.admin_state === 'INACTIVE' ? 'INACTIVE' : 'ACTIVE',
    }))
  },
}

const linesOf = ofAccounts(
  (sql, accountIds) =>
    sql
      .selectFrom('business_line')
      .leftJoin('device_line', 'device_line.id', 'business_line.id')
      .leftJoin('device', 'device.id', 'device_line.device_id')
      .select(['business_line.account_id', 'business_line.id', 'business_line.name', 'caller_id_number', 'caller_id_visible'])
      .select(['business_line.emergency_number', 'device.admin_state'])
      .where('business_line.account_id', 'in', accountIds)
      .orderBy('business_line.created_at')
      .execute(),
  (row) => row.account_id,
)

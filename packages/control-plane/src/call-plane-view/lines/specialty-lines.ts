import { ofAccounts } from '../of-accounts.ts'
import type { LineKind } from './line-kind.ts'

/** Alarms, elevators, intercoms: they belong to nobody, show their own number and ring when a number refers to them (S4-07, S4-16, S4-17). */
export const specialtyLines: LineKind = {
  name: 'SPECIALTY_LINE',
  read: async (sql, accountId) => {
    const rows = await linesOf(sql, accountId)
    return rows.map((row) => ({
      id: row.id,
      userId: undefined,
      ringsForUserIds: [],
      emergencyNumber: row.emergency_number,
      callerId: { number: row.caller_id, name: row.name, visible: true },
      adminState: row.admin_state === 'INACTIVE' ? 'INACTIVE' : 'ACTIVE',
    }))
  },
}

const linesOf = ofAccounts(
  (sql, accountIds) =>
    sql
      .selectFrom('specialty_line')
      .leftJoin('device_line', 'device_line.id', 'specialty_line.id')
      .leftJoin('device', 'device.id', 'device_line.device_id')
      .select(['specialty_line.account_id', 'specialty_line.id', 'specialty_line.name', 'caller_id', 'specialty_line.emergency_number', 'device.admin_state'])
      .where('specialty_line.account_id', 'in', accountIds)
      .orderBy('specialty_line.created_at')
      .execute(),
  (row) => row.account_id,
)

import type { LineKind } from './line-kind.ts'

/** Lines of devices that belong to users. */
export const userLines: LineKind = {
  name: 'LINE_APPEARANCE',
  read: async (sql, accountId) => {
    const rows = await sql
      .selectFrom('device_line')
      .innerJoin('device', 'device.id', 'device_line.device_id')
      .select(['device_line.id', 'user_id', 'emergency_number', 'device_line.admin_state', 'device.admin_state as device_state'])
      .where('device_line.account_id', '=', accountId)
      .orderBy('device_line.created_at')
      .orderBy('device_line.line_number')
      .execute()
    return rows.map((row) => ({
      id: row.id,
      userId: row.user_id ?? undefined,
      ringsForUserIds: row.user_id === null ? [] : [row.user_id],
      emergencyNumber: row.emergency_number ?? undefined,
      // A device out of service takes all its lines with it (S0-103).
      adminState: row.admin_state === 'INACTIVE' || row.device_state === 'INACTIVE' ? 'INACTIVE' : 'ACTIVE',
    }))
  },
}

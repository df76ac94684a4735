import { normalizePhoneNumber } from '@dialtone/numbering'
import type { LineKind } from './line-kind.ts'

/** A customer's PBX registers like a line and rings when a number refers to it; its primary number is never shown (S1-118). */
export const sipTrunks: LineKind = {
  name: 'SIP_TRUNK',
  read: async (sql, accountId) => {
    const rows = await sql
      .selectFrom('sip_trunk')
      .select(['id', 'name', 'settings', 'locked_out'])
      .where('account_id', '=', accountId)
      .where('kind', '=', 'PBX')
      .orderBy('created_at')
      .execute()
    return rows.map((row) => {
      const callbackNumber = row.settings['callbackNumber']
      return {
        id: row.id,
        userId: undefined,
        ringsForUserIds: [],
        emergencyNumber: typeof callbackNumber === 'string' ? normalizePhoneNumber(callbackNumber) : undefined,
        callerId: { number: undefined, name: row.name, visible: false },
        adminState: row.locked_out ? 'INACTIVE' : 'ACTIVE',
      }
    })
  },
}

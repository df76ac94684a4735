import { normalizePhoneNumber } from '@dialtone/numbering'
import type { Sql } from '../../database/index.ts'
import { ofAccounts } from '../of-accounts.ts'
import type { LineKind, LineOfAccount } from './line-kind.ts'

type UserLineRow = Awaited<ReturnType<typeof readLines>>[number]

/** Lines of devices that belong to users. */
export const userLines: LineKind = {
  name: 'LINE_APPEARANCE',
  read: async (sql, accountId) => (await readRows(sql, accountId)).map(lineOf),
}

const readRows = ofAccounts(readLines, (row) => row.account_id)

function readLines(sql: Sql, accountIds: readonly string[]) {
  return sql
    .selectFrom('device_line')
    .innerJoin('device', 'device.id', 'device_line.device_id')
    .leftJoin('end_user', 'end_user.id', 'device_line.user_id')
    .select(['device_line.account_id', 'device_line.id', 'user_id', 'line_type', 'reference_id', 'emergency_number', 'device_line.admin_state'])
    .select(['device.admin_state as device_state', 'end_user.caller_id_config'])
    .where('device_line.account_id', 'in', accountIds)
    .where('device_line.kind', '=', 'USER')
    .where('device_line.line_type', 'in', ['Line', ...SHARED])
    .orderBy('device_line.created_at')
    .orderBy('device_line.line_number')
    .execute()
}

/** Another user's line on this device: it rings with his phones and calls as he. Keys of other types neither ring nor call. */
const SHARED = ['AdvancedSharedLine', 'ReferencedUser']

function lineOf(row: UserLineRow): LineOfAccount {
  const isShared = SHARED.includes(row.line_type)
  const userId = (isShared ? row.reference_id : row.user_id) ?? undefined
  return {
    id: row.id,
    userId,
    ringsForUserIds: userId === undefined ? [] : [userId],
    // A shared line stands where its owner is, not where the user is whose line it shares.
    emergencyNumber: row.emergency_number ?? (isShared ? callerIdOf(row) : undefined),
    // A device out of service takes all its lines with it (S0-103).
    adminState: row.admin_state === 'INACTIVE' || row.device_state === 'INACTIVE' ? 'INACTIVE' : 'ACTIVE',
  }
}

function callerIdOf(row: UserLineRow): string | undefined {
  const number = row.caller_id_config?.['callerIdNumber']
  return typeof number === 'string' ? normalizePhoneNumber(number) : undefined
}

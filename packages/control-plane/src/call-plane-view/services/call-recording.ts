import { readSettings } from '../../call-recordings/index.ts'
import { ofAccounts } from '../of-accounts.ts'
import type { ServiceReader } from './service-reader.ts'

/** Whose calls are recorded. */
export const callRecording: ServiceReader = async (sql, accountId) => {
  const [stored] = await settingsOf(sql, accountId)
  if (stored === undefined) return {}
  const { mode, userIds, announce } = await readSettings(sql, accountId)
  if (mode === 'OFF') return {}
  return { recording: { userIds: mode === 'ALL' ? undefined : userIds, announces: announce } }
}

/** Most accounts never said anything about it. */
const settingsOf = ofAccounts(
  (sql, accountIds) => sql.selectFrom('call_recording_setting').select('account_id').where('account_id', 'in', accountIds).execute(),
  (row) => row.account_id,
)

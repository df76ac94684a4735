import { readSettings } from '../../call-recordings/index.ts'
import { ofAccounts } from '../of-accounts.ts'
import type { ServiceReader } from './service-reader.ts'

/** Whose calls are recorded. */
export const callRecording: ServiceReader = async (sql, accountId) => {
  const [stored] = await settingsOf(sql, accountId)
  if (stored === undefined) return {}
  const { mode, userIds, announce, rules, keys, beep } = await readSettings(sql, accountId)
  if (mode === 'OFF' && rules.length === 0 && !keys && !beep) return {}
  const wanted = { ALL: undefined, SELECTED: userIds, OFF: [] }[mode]
  const ruled = rules.length === 0 ? {} : { rules: new Map(rules.map(({ id, record }) => [id, record])) }
  return { recording: { userIds: wanted, announces: announce, ...ruled, ...(keys ? { takesKeys: true } : {}), ...(beep ? { beeps: true } : {}) } }
}

/** Most accounts never said anything about it. */
const settingsOf = ofAccounts(
  (sql, accountIds) => sql.selectFrom('call_recording_setting').select('account_id').where('account_id', 'in', accountIds).execute(),
  (row) => row.account_id,
)

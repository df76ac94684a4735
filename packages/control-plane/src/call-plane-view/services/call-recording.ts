import { readSettings } from '../../call-recordings/index.ts'
import type { ServiceReader } from './service-reader.ts'

/** Whose calls are recorded. */
export const callRecording: ServiceReader = async (sql, accountId) => {
  const { mode, userIds, announce } = await readSettings(sql, accountId)
  if (mode === 'OFF') return {}
  return { recording: { userIds: mode === 'ALL' ? undefined : userIds, announces: announce } }
}

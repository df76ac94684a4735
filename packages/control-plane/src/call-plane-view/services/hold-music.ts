import { PERIODIC_BEEP_ID } from '../../media/index.ts'
import { accountRow } from '../account-rows.ts'
import { mediaFiles, soundsOf } from './media-files.ts'
import type { ServiceReader } from './service-reader.ts'

/** What those hear whom phones of the account hold (S1-40, holdMusicMediaId). Music of the platform itself comes with the switch. */
export const holdMusic: ServiceReader = async (sql, accountId) => {
  const [files, account] = await Promise.all([mediaFiles(sql, accountId), accountRow(sql, accountId)])
  const musicId = account?.hold_music_media_id ?? ''
  return { holdMusic: { sounds: files.has(musicId) ? soundsOf(musicId, files) : [], isBeep: musicId === PERIODIC_BEEP_ID } }
}

import { PERIODIC_BEEP_ID } from '../../media/index.ts'
import { mediaFiles, soundsOf } from './media-files.ts'
import type { ServiceReader } from './service-reader.ts'

/** What those hear whom phones of the account hold (S1-40, holdMusicMediaId). Music of the platform itself comes with the switch. */
export const holdMusic: ServiceReader = async (sql, accountId) => {
  const [files, account] = await Promise.all([
    mediaFiles(sql, accountId),
    sql.selectFrom('account').select('hold_music_media_id').where('id', '=', accountId).executeTakeFirst(),
  ])
  const musicId = account?.hold_music_media_id ?? ''
  return { holdMusic: { sounds: files.has(musicId) ? soundsOf(musicId, files) : [], isBeep: musicId === PERIODIC_BEEP_ID } }
}

import type { ConferenceRoom } from '../../conference-rooms/index.ts'
import { accountRow } from '../account-rows.ts'
import { configuredAttributes } from './configured-attributes.ts'
import { mediaFiles, soundsOf } from './media-files.ts'
import type { ServiceReader } from './service-reader.ts'

/** Conference rooms of the account; who is alone in one hears the account's music. */
export const conferenceRooms: ServiceReader = async (sql, accountId) => {
  const [rows, files, account] = await Promise.all([
    configuredAttributes<ConferenceRoom>(sql, accountId, 'CONFERENCE_ROOM'),
    mediaFiles(sql, accountId),
    accountRow(sql, accountId),
  ])
  const musicId = account?.hold_music_media_id ?? ''
  // Music of the platform itself comes with the switch.
  const music = files.has(musicId) ? soundsOf(musicId, files) : []
  const rooms = rows.map(({ id, attributes: { name, pin, maxParties, entryTone } }) => ({ id, name, pin, maxParties, hasTones: entryTone, music }))
  return { conferenceRooms: new Map(rooms.map((room) => [room.id, room])) }
}

import type { RoutingParkingSpot } from '@dialtone/call-routing'
import type { ParkingSpot } from '../../parking-spots/index.ts'
import { accountRow } from '../account-rows.ts'
import { configuredAttributes } from './configured-attributes.ts'
import { mediaFiles, soundsOf } from './media-files.ts'
import type { ServiceReader } from './service-reader.ts'

/** Where calls of the account are parked (S0-51); whoever waits hears the account's own music, if it has some. */
export const parkingSpots: ServiceReader = async (sql, accountId) => {
  const spots = await configuredAttributes<ParkingSpot>(sql, accountId, 'CALL_PARKING_SPOT')
  if (spots.length === 0) return {}
  const [files, account] = await Promise.all([mediaFiles(sql, accountId), accountRow(sql, accountId)])
  const own = account?.hold_music_media_id ?? ''
  // Music of the platform itself comes with the switch.
  const music = files.has(own) ? soundsOf(own, files) : []
  return { parkingSpots: new Map(spots.map(({ id, attributes }) => [id, parkingSpotOf(id, attributes, music)])) }
}

function parkingSpotOf(id: string, { overflow, ...spot }: ParkingSpot, music: RoutingParkingSpot['music']): RoutingParkingSpot {
  const { referenceType, referenceId = '' } = overflow ?? {}
  return { id, ...spot, music, ...(referenceType === undefined ? {} : { overflow: { referenceType, referenceId } }) }
}

import type { CallScene } from '../call-scene.ts'
import { lastAttemptAt } from '../call-scene.ts'
import { callerToInside } from '../originating/caller-identity.ts'
import { reject, rejectAfterRing } from '../reject.ts'
import type { Progress, ServiceDestination } from './destination.ts'

/** A conference room of the account takes the call. Whether there is room for one more is found out at its door. */
export function enterConference(scene: CallScene, { to, calledNumber, diversion }: ServiceDestination): Progress {
  const { facts, snapshot, trace } = scene
  const room = snapshot.services.conferenceRooms.get(to.referenceId)
  if (room === undefined || facts.canServe === false) {
    trace.note('conference', room === undefined ? 'does not exist' : 'skipped: this switch has no services', { conferenceRoomId: to.referenceId })
    return { verdict: reject('DestinationNotAvailable') }
  }
  const target = `conference:${room.id}`
  const attempt = lastAttemptAt(target, facts.trail)
  if (attempt !== undefined) return { verdict: rejectAfterRing(attempt) }
  const { id: conferenceRoomId, name, maxParties, pin } = room
  trace.note('conference', pin === undefined ? 'the caller comes in' : 'the caller is asked for the PIN', { conferenceRoomId, name, maxParties })
  const service = { kind: 'conference', conferenceRoomId } as const
  return { verdict: { kind: 'serve', service, target, userId: undefined, caller: callerToInside(scene), calledNumber, diversion } }
}

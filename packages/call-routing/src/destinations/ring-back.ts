import { lastAttemptAt } from '../call-scene.ts'
import type { CallScene } from '../call-scene.ts'
import { callerToInside } from '../originating/caller-identity.ts'
import { reject, rejectAfterRing } from '../reject.ts'
import type { RouteVerdict } from '../route-decision.ts'
import type { ServiceDestination } from './destination.ts'
import { freeLines, isOccupied } from './own-phones.ts'

/** No reference that anybody writes: the phones alone, whatever the user has set for calls. */
export const PHONES_OF_USER = 'PHONES_OF_USER'

/**
 * A call comes back to who has put it aside: all his phones ring. He has talked to the caller and waits for him, so that neither screening nor do not
 * disturb, a forward or a box come into it; only that he is in a call and wants no second one.
 */
export function ringBack(scene: CallScene, { to: { referenceId: userId }, calledNumber, diversion }: ServiceDestination): RouteVerdict {
  const { facts, snapshot, trace } = scene
  const user = snapshot.users.get(userId)
  if (user === undefined) {
    trace.note('user', 'does not exist', { userId })
    return reject('DestinationNotAvailable')
  }
  const target = `user:${user.id}`
  const attempt = lastAttemptAt(target, facts.trail)
  if (attempt !== undefined) return rejectAfterRing(attempt)
  if (isOccupied(scene, user)) return reject('UserBusy')
  const { free, inService } = freeLines(scene, user.lineIds)
  if (free.length === 0) return reject(inService ? 'UserBusy' : 'Unregistered')
  trace.note('ring-back', 'all phones at the same time', { userId: user.id, lineIds: free })
  return { kind: 'ring', lineIds: free, userId: user.id, target, timeoutMs: undefined, caller: callerToInside(scene), calledNumber, diversion }
}

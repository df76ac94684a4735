import type { RoutingSnapshot } from '@dialtone/call-routing'
import { normalizePhoneNumber } from '@dialtone/numbering'
import type { WatchedPlace } from './dialog-watch.ts'

/**
 * What of an account a SUBSCRIBE means: a user, or a parking spot by what is dialed for it.
 * @returns undefined for whatever is not of this account, whether somebody else has it or nobody
 */
export function resolveWatched(snapshot: RoutingSnapshot, target: string): WatchedPlace | undefined {
  const userId = resolveWatchedUser(snapshot, target)
  if (userId !== undefined) return { kind: 'user', id: userId }
  const to = snapshot.services.targetByExtension.get(target)
  return to?.referenceType === 'CALL_PARKING_SPOT' ? { kind: 'spot', id: to.referenceId } : undefined
}

/** By extension, by the user name of a line, or by a telephone number of the user. */
export function resolveWatchedUser(snapshot: RoutingSnapshot, target: string): string | undefined {
  const byExtension = snapshot.userIdByExtension.get(target)
  if (byExtension !== undefined) return byExtension
  for (const line of snapshot.lines.values()) if (line.sipUsername === target) return line.userId
  const number = normalizePhoneNumber(target)
  const owner = number === undefined ? undefined : snapshot.numbers.get(number)
  return owner?.referenceType === 'END_USER' ? owner.referenceId : undefined
}

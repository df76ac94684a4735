import type { CallScene } from '../call-scene.ts'
import type { Diversion } from '../route-decision.ts'
import type { RoutingUser } from '../routing-snapshot.ts'
import type { Destination, LineDestination, Progress, UserDestination } from './destination.ts'
import { readWritten } from './read-target.ts'

/**
 * Sends the call on to what the user has set: an extension or a number, as a person writes it.
 * @returns undefined when there is nothing to follow; the call then goes on as if forwarding were not set.
 */
export function forwardTo(
  scene: CallScene,
  user: RoutingUser,
  forwardToNumber: string | undefined,
  reason: Diversion['reason'],
  destination: UserDestination | LineDestination,
): Progress | undefined {
  const next = forwardToNumber === undefined ? undefined : readForward(scene, user, forwardToNumber, reason, destination)
  scene.trace.note('forward', next === undefined ? 'ignored: no extension of the account and no number' : 'followed', {
    userId: user.id,
    reason,
    forwardToNumber,
  })
  return next === undefined ? undefined : { next, forwarded: true }
}

/** Where a number leads that a user sends calls to. @returns undefined when it is none that calls may be sent to */
export function readForward(
  scene: CallScene,
  user: RoutingUser,
  written: string,
  reason: Diversion['reason'],
  { calledNumber }: UserDestination | LineDestination,
): Destination | undefined {
  return readWritten(scene.snapshot, written, { userId: user.id, number: calledNumber, reason, payer: { userId: user.id } })
}

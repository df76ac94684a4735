import { interpretDialedDigits } from '@dialtone/numbering'
import type { CallScene } from '../call-scene.ts'
import type { Diversion } from '../route-decision.ts'
import type { RoutingSnapshot, RoutingUser } from '../routing-snapshot.ts'
import type { Destination, LineDestination, Progress, UserDestination } from './destination.ts'

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
  const diversion: Diversion = { userId: user.id, number: destination.calledNumber, reason }
  const next = forwardToNumber === undefined ? undefined : readForward(scene.snapshot, forwardToNumber, diversion)
  scene.trace.note('forward', next === undefined ? 'ignored: no extension of the account and no number' : 'followed', {
    userId: user.id,
    reason,
    forwardToNumber,
  })
  return next === undefined ? undefined : { next, forwarded: true }
}

/** Whatever the account dials by: a forward is written, not dialed. Emergency and service codes are never forwarded to. */
function readForward(snapshot: RoutingSnapshot, forwardToNumber: string, diversion: Diversion): Destination | undefined {
  const understood = interpretDialedDigits({
    dialed: forwardToNumber,
    behavior: 'OPEN_DIAL_PLAN',
    extensionLength: snapshot.extensionLength,
    homeAreaCode: snapshot.homeAreaCode,
    extensionExists: (extension) => snapshot.userIdByExtension.has(extension),
  })
  if (understood.kind === 'number') return { kind: 'number', number: understood.number, diversion }
  if (understood.kind !== 'extension') return undefined
  const userId = snapshot.userIdByExtension.get(understood.extension)
  return userId === undefined ? undefined : { kind: 'user', userId, calledNumber: understood.extension, diversion }
}

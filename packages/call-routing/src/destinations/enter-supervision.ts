import type { CallScene } from '../call-scene.ts'
import { lastAttemptAt } from '../call-scene.ts'
import { callerToInside } from '../originating/caller-identity.ts'
import { reject, rejectAfterRing } from '../reject.ts'
import { readSupervisionTarget } from '../supervision.ts'
import type { Progress, ServiceDestination } from './destination.ts'

/** A supervisor has taken the phone: the account's setting, as it is now, says whether and how a call may be listened to. */
export function enterSupervision(scene: CallScene, { to, calledNumber, diversion }: ServiceDestination): Progress {
  const { facts, snapshot, trace } = scene
  const supervised = readSupervisionTarget(to.referenceId)
  const allowed = snapshot.services.supervision
  if (supervised === undefined || facts.canServe === false || allowed?.modes.includes(supervised.mode) !== true) {
    trace.note('supervision', facts.canServe === false ? 'skipped: this switch has no services' : 'not allowed by the account', { ...supervised, allowed })
    return { verdict: reject('DestinationNotAvailable') }
  }
  const target = `call:${supervised.sessionId}`
  const attempt = lastAttemptAt(target, facts.trail)
  if (attempt !== undefined) return { verdict: rejectAfterRing(attempt) }
  trace.note('supervision', 'those who talk are told, then it begins', { ...supervised, ...allowed })
  const service = { kind: 'supervise', ...supervised, ...allowed } as const
  return { verdict: { kind: 'serve', service, target, userId: undefined, caller: callerToInside(scene), calledNumber, diversion } }
}

import type { CallScene } from '../call-scene.ts'
import { reject, rejectAfterRing } from '../reject.ts'
import type { Diversion } from '../route-decision.ts'
import type { RouteAttempt } from '../route-facts.ts'
import type { CallHandling, RingOutcomeAction, RoutingUser } from '../routing-snapshot.ts'
import type { LineDestination, Progress, UserDestination } from './destination.ts'
import { forwardTo } from './forward.ts'

/** What the user wants done with a call that was not answered (S1-58). */
export function applyRingOutcome(
  scene: CallScene,
  user: RoutingUser,
  attempt: RouteAttempt,
  destination: UserDestination | LineDestination,
  reason: Diversion['reason'] = reasonOf(attempt),
): Progress {
  const action = actionOf(user.callHandling, attempt)
  scene.trace.note('call-handling', action.type, { userId: user.id, after: attempt.outcome, statusCode: attempt.statusCode })
  switch (action.type) {
    case 'Forward':
      return forwardTo(scene, user, action.forwardToNumber, reason, destination) ?? { verdict: rejectAfterRing(attempt) }
    case 'Busy':
      return { verdict: reject('UserBusy') }
    case 'Voicemail':
      scene.trace.note('voicemail', 'not yet answered by this version', { voicemailBoxId: user.voicemailBoxId })
      return { verdict: rejectAfterRing(attempt) }
    case 'RingForever':
      return { verdict: rejectAfterRing(attempt) }
  }
}

/** A declined call is handled like a busy phone, a device that failed like one that is not there. */
function actionOf(handling: CallHandling, attempt: RouteAttempt): RingOutcomeAction {
  switch (attempt.outcome) {
    case 'busy':
    case 'declined':
      return handling.busy
    case 'no-answer':
      return handling.noAnswer
    case 'unregistered':
    case 'failed':
    case 'left':
      return handling.unregistered
  }
}

function reasonOf(attempt: RouteAttempt): Diversion['reason'] {
  if (attempt.outcome === 'no-answer') return 'no-answer'
  return attempt.outcome === 'unregistered' || attempt.outcome === 'failed' ? 'unregistered' : 'busy'
}

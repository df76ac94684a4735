import type { CallHandling, RingOutcomeAction } from '../call-handling.ts'
import type { CallScene } from '../call-scene.ts'
import { reject, rejectAfterRing } from '../reject.ts'
import type { Diversion } from '../route-decision.ts'
import type { RouteAttempt } from '../route-facts.ts'
import type { RoutingUser } from '../routing-snapshot.ts'
import type { LineDestination, Progress, UserDestination } from './destination.ts'
import { forwardTo } from './forward.ts'
import { leaveMessage } from './voicemail.ts'

/** What the user wants done with a call that was not answered (S1-58). */
export function applyRingOutcome(
  scene: CallScene,
  user: RoutingUser,
  attempt: RouteAttempt,
  destination: UserDestination | LineDestination,
  reason: Diversion['reason'] = reasonOf(attempt),
): Progress {
  return applyAction(scene, user, actionOf(user.callHandling, attempt), attempt, destination, reason)
}

/** @param attempt what happened before: what the caller hears when the action leads nowhere */
export function applyAction(
  scene: CallScene,
  user: RoutingUser,
  action: RingOutcomeAction,
  attempt: RouteAttempt,
  destination: UserDestination | LineDestination,
  reason: Diversion['reason'] = reasonOf(attempt),
): Progress {
  scene.trace.note('call-handling', action.type, { userId: user.id, after: attempt.outcome, statusCode: attempt.statusCode })
  switch (action.type) {
    case 'Forward':
      return forwardTo(scene, user, action.forwardToNumber, reason, destination) ?? { verdict: rejectAfterRing(attempt) }
    case 'Busy':
      return { verdict: reject('UserBusy') }
    case 'Voicemail':
      return { verdict: leaveMessage(scene, user, reason, destination) ?? rejectAfterRing(attempt) }
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
      return noAnswerOf(handling)
    case 'unregistered':
    case 'failed':
    case 'left':
      return handling.unregistered
  }
}

/** Ringing together with others has a time and an end of its own. */
export function noAnswerOf(handling: CallHandling): CallHandling['noAnswer'] {
  return (handling.optionType === 'SimultaneousRing' ? handling.simultaneousRing?.noAnswer : undefined) ?? handling.noAnswer
}

function reasonOf(attempt: RouteAttempt): Diversion['reason'] {
  if (attempt.outcome === 'no-answer') return 'no-answer'
  return attempt.outcome === 'unregistered' || attempt.outcome === 'failed' ? 'unregistered' : 'busy'
}

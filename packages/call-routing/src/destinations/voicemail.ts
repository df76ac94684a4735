import { lastAttemptAt } from '../call-scene.ts'
import type { CallScene } from '../call-scene.ts'
import { callerToInside } from '../originating/caller-identity.ts'
import { reject } from '../reject.ts'
import type { Diversion, ServeVerdict } from '../route-decision.ts'
import type { RoutingUser } from '../routing-snapshot.ts'
import type { ServiceOrder } from '../service-order.ts'
import type { LineDestination, Progress, ServiceDestination, UserDestination } from './destination.ts'

type DepositReason = Extract<ServiceOrder, { kind: 'voicemail-deposit' }>['reason']

/** A number, a menu or an overflow leads straight to a box (S0-51). */
export function enterVoicemail(scene: CallScene, { to, calledNumber, diversion }: ServiceDestination): Progress {
  return { verdict: depositIn(scene, to.referenceId, 'direct', { calledNumber, diversion, userId: undefined }) ?? reject('DestinationNotAvailable') }
}

/** The box of the user takes a message. @returns undefined when it has none that does, or the caller comes from there. */
export function leaveMessage(
  scene: CallScene,
  user: RoutingUser,
  reason: Diversion['reason'],
  { calledNumber, diversion }: UserDestination | LineDestination,
): ServeVerdict | undefined {
  return depositIn(scene, user.voicemailBoxId, greetingFor(reason), { calledNumber, diversion, userId: user.id })
}

/** @returns undefined when the account has no such box, or the caller comes from there */
export function depositIn(
  scene: CallScene,
  boxId: string | undefined,
  reason: DepositReason,
  called: Pick<ServeVerdict, 'calledNumber' | 'diversion' | 'userId'>,
): ServeVerdict | undefined {
  const { facts, snapshot, trace } = scene
  const skip = (why: string): undefined => {
    trace.note('voicemail', why, { userId: called.userId, voicemailBoxId: boxId })
    return undefined
  }
  if (boxId === undefined) return skip('the user has no box')
  if (!snapshot.services.voicemailBoxes.has(boxId)) return skip('the box takes no messages')
  if (facts.canServe === false) return skip('this switch has no services')
  const target = `voicemail:${boxId}`
  if (lastAttemptAt(target, facts.trail) !== undefined) return skip('has had its turn')
  trace.note('voicemail', 'takes a message', { voicemailBoxId: boxId, reason })
  return { kind: 'serve', service: { kind: 'voicemail-deposit', boxId, reason }, target, caller: callerToInside(scene), ...called }
}

export function greetingFor(reason: Diversion['reason']): DepositReason {
  switch (reason) {
    case 'always':
      return 'direct'
    case 'busy':
    case 'do-not-disturb':
      return 'busy'
    case 'no-answer':
    case 'unregistered':
      return reason
  }
}

import { lastAttemptAt } from '../call-scene.ts'
import type { CallScene } from '../call-scene.ts'
import { callerToInside } from '../originating/caller-identity.ts'
import type { Diversion, ServeVerdict } from '../route-decision.ts'
import type { RoutingUser } from '../routing-snapshot.ts'
import type { ServiceOrder } from '../service-order.ts'
import type { LineDestination, UserDestination } from './destination.ts'

type DepositReason = Extract<ServiceOrder, { kind: 'voicemail-deposit' }>['reason']

/** The box of the user takes a message. @returns undefined when it has none that does, or the caller comes from there. */
export function leaveMessage(
  scene: CallScene,
  user: RoutingUser,
  reason: Diversion['reason'],
  { calledNumber, diversion }: UserDestination | LineDestination,
): ServeVerdict | undefined {
  const { facts, snapshot, trace } = scene
  const boxId = user.voicemailBoxId
  if (boxId === undefined || snapshot.services.voicemailBoxes?.has(boxId) !== true) {
    trace.note('voicemail', boxId === undefined ? 'the user has no box' : 'the box takes no messages', { userId: user.id, voicemailBoxId: boxId })
    return undefined
  }
  const target = `voicemail:${boxId}`
  if (lastAttemptAt(target, facts.trail) !== undefined) {
    trace.note('voicemail', 'has had its turn', { voicemailBoxId: boxId })
    return undefined
  }
  const service: ServiceOrder = { kind: 'voicemail-deposit', boxId, reason: greetingFor(reason) }
  trace.note('voicemail', 'takes a message', { voicemailBoxId: boxId, reason: service.reason })
  return { kind: 'serve', service, target, userId: user.id, caller: callerToInside(scene), calledNumber, diversion }
}

function greetingFor(reason: Diversion['reason']): DepositReason {
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

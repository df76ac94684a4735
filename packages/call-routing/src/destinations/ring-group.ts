import type { CallTarget } from '../account-services.ts'
import type { CallScene } from '../call-scene.ts'
import { reject } from '../reject.ts'
import type { RouteAttempt } from '../route-facts.ts'
import type { RingGroupOverflow, RoutingRingGroup } from '../ring-group.ts'
import type { RoutingSnapshot } from '../routing-snapshot.ts'
import type { Progress, ServiceDestination } from './destination.ts'
import { goOnTo, reasonAfter } from './go-on-to.ts'
import { huntMembers } from './hunt-members.ts'

/** A number, extension or overflow leads to several: they ring as the strategy says, then the call goes on (S0-48, S0-53, S1-99). */
export function enterRingGroup(scene: CallScene, destination: ServiceDestination): Progress {
  const { snapshot, trace } = scene
  const { referenceType, referenceId } = destination.to
  const group = snapshot.services.ringGroups.get(referenceId)
  if (group === undefined) {
    trace.note('hunt-group', 'does not exist', { referenceType, referenceId })
    return { verdict: reject('DestinationNotAvailable') }
  }
  trace.note('hunt-group', group.strategy, { referenceType, groupId: group.id, name: group.name, members: group.members.length })
  const { calledNumber, diversion } = destination
  const from = { id: group.id, calledNumber }
  if (group.forwardAlwaysTo !== undefined) {
    const attempt: RouteAttempt = { target: '', outcome: 'unregistered', statusCode: 480 }
    return goOnTo(scene, group.forwardAlwaysTo, { ...from, reason: 'always' }, attempt)
  }
  const hunted = huntMembers(scene, group, { calledNumber, diversion })
  if ('kind' in hunted) return { verdict: hunted }
  const reason = reasonAfter(hunted)
  return goOnTo(scene, overflowOf(snapshot, group, reason), { ...from, reason }, hunted)
}

const OVERFLOW_FOR = { busy: 'busy', 'no-answer': 'noAnswer', unregistered: 'unregistered' } as const satisfies Record<string, keyof RingGroupOverflow>

function overflowOf(snapshot: RoutingSnapshot, group: RoutingRingGroup, reason: keyof typeof OVERFLOW_FOR): CallTarget | undefined {
  const overflow = group.overflow[OVERFLOW_FOR[reason]]
  if (overflow === undefined || 'referenceType' in overflow) return overflow
  const [first] = group.members
  const userId = first?.kind === 'line' ? snapshot.lines.get(first.id)?.userId : first?.id
  const boxId = userId === undefined ? undefined : snapshot.users.get(userId)?.voicemailBoxId
  return boxId === undefined ? undefined : { referenceType: 'VOICEMAIL', referenceId: boxId }
}

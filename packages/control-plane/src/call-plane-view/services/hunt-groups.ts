import type { RingGroupOverflow, RoutingRingGroup } from '@dialtone/call-routing'
import type { HuntGroup } from '../../hunt-groups/index.ts'
import { configuredAttributes } from './configured-attributes.ts'
import type { RingGroupReader } from './ring-groups.ts'

/** Groups of people and phones (S0-48, S0-53 … S0-55). */
export const huntGroups: RingGroupReader = async (sql, accountId) => {
  const rows = await configuredAttributes<HuntGroup>(sql, accountId, 'HUNT_GROUP')
  return rows.map(({ id, attributes }) => ringGroupOf(id, attributes))
}

function ringGroupOf(id: string, group: HuntGroup): RoutingRingGroup {
  const { name, strategy, ringTimeoutSeconds } = group
  const overflow = overflowOf(group)
  return {
    id,
    name,
    strategy,
    ringTimeoutSeconds,
    members: group.members
      .toSorted((one, other) => one.priority - other.priority)
      .map((member) => ({ kind: member.type === 'END_USER' ? 'user' : 'line', id: member.id, ringTimeoutSeconds: member.ringTimeoutSeconds })),
    forwardAlwaysTo: undefined,
    overflow: { busy: overflow, noAnswer: overflow, unregistered: overflow },
  }
}

/** The same whatever the reason; voicemail is that of the group, or else of its first member. */
function overflowOf({ voicemailEnabled, voicemailBoxId, overflow }: HuntGroup): RingGroupOverflow['busy'] {
  if (voicemailEnabled) return voicemailBoxId === undefined ? { voicemailOf: 'first-member' } : { referenceType: 'VOICEMAIL', referenceId: voicemailBoxId }
  return overflow === undefined ? undefined : { referenceType: overflow.referenceType, referenceId: overflow.referenceId ?? '' }
}

import type { CallTarget, RoutingRingGroup } from '@dialtone/call-routing'
import type { FailoverAction, ForwardConfiguration, HuntGroup } from '../../business-line-hunt-groups/index.ts'
import { configuredAttributes } from './configured-attributes.ts'
import type { RingGroupReader } from './ring-groups.ts'

/** Groups of business lines, with what each reason leads to and the forward that is switched on (S1-99). */
export const businessLineHuntGroups: RingGroupReader = async (sql, accountId) => {
  const [groups, forwards] = await Promise.all([
    configuredAttributes<HuntGroup>(sql, accountId, 'BUSINESS_LINE_HUNT_GROUP'),
    configuredAttributes<ForwardConfiguration>(sql, accountId, 'FORWARD_CONFIGURATION'),
  ])
  const numberOf = new Map(forwards.map(({ id, attributes }) => [id, attributes.forwardToPhoneNumber]))
  return groups.map(({ id, attributes }) => ringGroupOf(id, attributes, numberOf.get(attributes.activeForwardConfigurationId ?? '')))
}

function ringGroupOf(id: string, { name, hunting, failoverActions }: HuntGroup, forwardTo: string | undefined): RoutingRingGroup {
  const { strategy, ringTimeoutSeconds } = hunting
  return {
    id,
    name,
    strategy,
    ringTimeoutSeconds,
    members: hunting.members.map((member) => ({ kind: 'line', id: member.businessLineId, ringTimeoutSeconds: member.ringTimeoutSeconds })),
    forwardAlwaysTo: forwardTo === undefined ? undefined : { referenceType: 'TELEPHONE', referenceId: forwardTo },
    overflow: {
      busy: targetOf(failoverActions.BUSY),
      noAnswer: targetOf(failoverActions.NO_ANSWER),
      unregistered: targetOf(failoverActions.UNREGISTERED),
    },
  }
}

/** Busy where nothing is said. */
function targetOf(action: FailoverAction | undefined): CallTarget {
  if (action?.forwardToPhoneNumber !== undefined) return { referenceType: 'TELEPHONE', referenceId: action.forwardToPhoneNumber }
  if (action?.voicemailBoxId !== undefined) return { referenceType: 'VOICEMAIL', referenceId: action.voicemailBoxId }
  return { referenceType: 'BUSY', referenceId: '' }
}

import type { DialogReference } from '../dialog/index.ts'
import { Leg } from './leg.ts'
import type { UserAgent } from './user-agent.ts'

/** The leg a Replaces, Join or Target-Dialog names: all three parts must match, our own tag being the key (RFC 3891 3). */
export function findLeg(userAgent: UserAgent, reference: DialogReference): Leg | undefined {
  const leg = userAgent.legs.get(reference.localTag)
  return leg instanceof Leg && leg.state !== 'terminated' && leg.matches(reference) ? leg : undefined
}

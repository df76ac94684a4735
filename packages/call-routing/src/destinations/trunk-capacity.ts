import type { CallScene } from '../call-scene.ts'
import type { RoutingLine } from '../routing-snapshot.ts'

/** free: within its call paths; burst: in those it has for a short while; full: no further call may begin. */
export type TrunkCapacity = 'free' | 'burst' | 'full'

/**
 * Whether a trunk may have one more call, whichever direction it goes (S1-117); lines that are no trunks are always free.
 * @param pathsOfThisCall that it has there already
 */
export function capacityOfTrunk({ facts, trace }: Pick<CallScene, 'facts' | 'trace'>, line: RoutingLine | undefined, pathsOfThisCall = 0): TrunkCapacity {
  const trunk = line?.trunk
  if (line === undefined || trunk === undefined || facts.activeCallsOf === undefined) return 'free'
  const activeCalls = facts.activeCallsOf(line.id) + pathsOfThisCall
  const { concurrentCalls, maxBurstCalls } = trunk
  const capacity = activeCalls < concurrentCalls ? 'free' : activeCalls < concurrentCalls + maxBurstCalls ? 'burst' : 'full'
  trace.note('trunk.capacity', capacity, { trunkId: line.id, activeCalls, concurrentCalls, maxBurstCalls })
  return capacity
}

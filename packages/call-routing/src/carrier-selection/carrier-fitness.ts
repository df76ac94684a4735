import type { CarrierState } from '../route-facts.ts'
import type { RoutingCarrier } from '../routing-snapshot.ts'

/** Why a carrier is left out of an ordinary call; `held-down` and `returning` only while another one can be had. */
export type CarrierUnfit = 'unhealthy' | 'down' | 'held-down' | 'returning' | 'no-call-path-left' | 'too-many-calls-a-second'

export function unfitnessOf(carrier: RoutingCarrier, state: CarrierState | undefined): CarrierUnfit | undefined {
  if (!carrier.healthy) return 'unhealthy'
  if (state === undefined) return undefined
  if (state.health === 'down') return 'down'
  if (state.activeCalls >= (carrier.maxConcurrentCalls ?? Infinity)) return 'no-call-path-left'
  if (state.callsInLastSecond >= (carrier.maxCallsPerSecond ?? Infinity)) return 'too-many-calls-a-second'
  return state.health === 'up' ? undefined : state.health
}

/** Lower priority first, as in RFC 2782; among equals the one that costs less to this number; then the order they were given in. */
export function byPriorityAndCost(carriers: readonly RoutingCarrier[], number: string): readonly RoutingCarrier[] {
  return carriers.toSorted((one, other) => one.priority - other.priority || costOf(one, number) - costOf(other, number))
}

/** By the longest prefix the carrier has a cost for, else its weight; a carrier without any costs nothing. */
export function costOf({ cost }: RoutingCarrier, number: string): number {
  if (cost === undefined) return 0
  for (let length = cost.byPrefix.size === 0 ? 0 : number.length; length > 0; length--) {
    const known = cost.byPrefix.get(number.slice(0, length))
    if (known !== undefined) return known
  }
  return cost.weight
}

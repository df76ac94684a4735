import type { RouteAttempt } from '../route-facts.ts'
import type { RoutingCarrier, RoutingSnapshot } from '../routing-snapshot.ts'
import { isFinalCarrierAnswer } from './carrier-answer.ts'

export type CarrierSelection =
  | { readonly kind: 'try'; readonly carrierIds: readonly string[] }
  /** A carrier gave the last word, or all have failed: this attempt is the answer. */
  | { readonly kind: 'ended'; readonly attempt: RouteAttempt }
  | { readonly kind: 'none' }

/**
 * The carriers that may still be tried for an ordinary call: healthy ones by priority (a gateway that is down is skipped until
 * it is healthy), without those the trail has, and none after an answer that no other carrier would change.
 */
export function selectCarriers(carriers: readonly RoutingCarrier[], trail: readonly RouteAttempt[]): CarrierSelection {
  const attempt = trail.findLast((each) => each.target.startsWith('carrier:'))
  if (attempt !== undefined && isFinalCarrierAnswer(attempt)) return { kind: 'ended', attempt }
  const carrierIds = idsByPriority(carriers.filter((carrier) => carrier.healthy)).filter((id) => !wasTried(id, trail))
  if (carrierIds.length > 0) return { kind: 'try', carrierIds }
  return attempt === undefined ? { kind: 'none' } : { kind: 'ended', attempt }
}

/**
 * The carriers for a call for help: the preferred ones first, then others that take emergency calls, then any carrier there is
 * (C-58). One that seems down comes later in its group but is not left out; every failure goes on to the next.
 */
export function selectEmergencyCarriers(snapshot: RoutingSnapshot, trail: readonly RouteAttempt[]): readonly string[] {
  const { carriers, emergencyCarrierIds } = snapshot
  const down = new Set(carriers.filter((carrier) => !carrier.healthy).map((carrier) => carrier.id))
  const capable = idsByPriority(carriers.filter((carrier) => carrier.emergencyCapable))
  const groups = [emergencyCarrierIds, capable, idsByPriority(carriers)]
  const ordered = groups.flatMap((ids) => [...ids.filter((id) => !down.has(id)), ...ids.filter((id) => down.has(id))])
  return [...new Set(ordered)].filter((id) => !wasTried(id, trail))
}

function idsByPriority(carriers: readonly RoutingCarrier[]): readonly string[] {
  return carriers.toSorted((one, other) => one.priority - other.priority).map((carrier) => carrier.id)
}

function wasTried(carrierId: string, trail: readonly RouteAttempt[]): boolean {
  return trail.some((attempt) => attempt.target === `carrier:${carrierId}`)
}

import type { CallScene } from '../call-scene.ts'
import type { RouteAttempt, RouteFacts } from '../route-facts.ts'
import type { RoutingCarrier, RoutingSnapshot } from '../routing-snapshot.ts'
import { isFinalCarrierAnswer } from './carrier-answer.ts'
import { byPriorityAndCost, unfitnessOf } from './carrier-fitness.ts'

export type CarrierSelection =
  | { readonly kind: 'try'; readonly carrierIds: readonly string[] }
  /** A carrier gave the last word, or all have failed: this attempt is the answer. */
  | { readonly kind: 'ended'; readonly attempt: RouteAttempt }
  | { readonly kind: 'none' }

/**
 * The carriers that may still be tried for an ordinary call to a number: those that are well by priority and cost, without those
 * the trail has for it, and none after an answer that no other carrier would change. What one said of another number, from which the call
 * was sent on, says nothing of this one. One that is held down, or came back a moment ago and has its share, is the last resort.
 */
export function selectCarriers({ facts, snapshot, trace }: CallScene, number: string): CarrierSelection {
  const tries = facts.trail.filter((each) => each.target.startsWith('carrier:') && (each.number ?? number) === number)
  const attempt = tries.at(-1)
  if (attempt !== undefined && isFinalCarrierAnswer(attempt)) return { kind: 'ended', attempt }
  const untried = byPriorityAndCost(snapshot.carriers, number).filter(({ id }) => !wasTried(id, tries))
  const judged = untried.map((carrier) => ({ id: carrier.id, unfit: unfitnessOf(carrier, facts.carrierState?.(carrier.id)) }))
  const fit = judged.filter(({ unfit }) => unfit === undefined)
  const chosen = fit.length > 0 ? fit : judged.filter(({ unfit }) => unfit === 'held-down' || unfit === 'returning')
  const skipped = judged.filter((carrier) => !chosen.includes(carrier))
  if (skipped.length > 0) trace.note('carriers.skipped', 'for now', { carriers: skipped })
  if (chosen.length > 0) return { kind: 'try', carrierIds: chosen.map(({ id }) => id) }
  return attempt === undefined ? { kind: 'none' } : { kind: 'ended', attempt }
}

/**
 * The carriers for a call for help: the preferred ones first, then others that take emergency calls, then any carrier there is
 * (C-58). One that seems down comes later in its group but is not left out; capacity is not looked at; every failure goes on to the next.
 */
export function selectEmergencyCarriers({ carriers, emergencyCarrierIds }: RoutingSnapshot, facts: RouteFacts): readonly string[] {
  const known = new Map(carriers.map((carrier) => [carrier.id, carrier]))
  const isDown = (id: string): boolean => known.get(id)?.healthy === false || ['down', 'held-down'].includes(facts.carrierState?.(id)?.health ?? 'up')
  const capable = idsByPriority(carriers.filter((carrier) => carrier.emergencyCapable))
  const groups = [emergencyCarrierIds, capable, idsByPriority(carriers)]
  const ordered = groups.flatMap((ids) => [...ids.filter((id) => !isDown(id)), ...ids.filter(isDown)])
  return [...new Set(ordered)].filter((id) => !wasTried(id, facts.trail))
}

function idsByPriority(carriers: readonly RoutingCarrier[]): readonly string[] {
  return carriers.toSorted((one, other) => one.priority - other.priority).map((carrier) => carrier.id)
}

function wasTried(carrierId: string, trail: readonly RouteAttempt[]): boolean {
  return trail.some((attempt) => attempt.target === `carrier:${carrierId}`)
}

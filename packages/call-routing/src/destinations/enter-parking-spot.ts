import type { CallTarget } from '../account-services.ts'
import { lastAttemptAt } from '../call-scene.ts'
import type { Caller, CallScene } from '../call-scene.ts'
import { callerToInside } from '../originating/caller-identity.ts'
import type { RoutingParkingSpot } from '../parking.ts'
import { reject, rejectAfterRing } from '../reject.ts'
import type { RouteVerdict } from '../route-decision.ts'
import type { Progress, ServiceDestination } from './destination.ts'
import { PHONES_OF_USER } from './ring-back.ts'

/**
 * A spot is called (S0-51, S0-59). Whoever is sent there waits; a phone that dials it fetches who waits, or parks the other party of the call it has.
 */
export function enterParkingSpot(scene: CallScene, { to, calledNumber, diversion }: ServiceDestination): Progress {
  const { facts, snapshot, trace } = scene
  const spot = snapshot.services.parkingSpots.get(to.referenceId)
  if (spot === undefined || facts.canServe === false) {
    trace.note('parking', spot === undefined ? 'the spot does not exist' : 'skipped: this switch has no services', { spotId: to.referenceId })
    return { verdict: reject('DestinationNotAvailable') }
  }
  // A phone whose call was forwarded here wanted somebody else, and waits like everybody who is sent here.
  const isDialed = isByPhone(scene) && diversion === undefined
  return { verdict: isDialed ? (retrieveParked(scene, spot) ?? parkOther(scene, spot)) : parkCaller(scene, spot, calledNumber) }
}

/** A phone has dialed, neither for somebody it transfers nor by a click elsewhere. */
export function isByPhone({ facts }: CallScene): boolean {
  return facts.call.direction === 'originating' && facts.call.isByPhone === true
}

/** The caller waits at the spot. */
export function parkCaller(scene: CallScene, spot: RoutingParkingSpot, calledNumber: string): RouteVerdict {
  const { caller, facts, snapshot, trace } = scene
  const target = `parking:${spot.id}`
  const attempt = lastAttemptAt(target, facts.trail)
  if (attempt !== undefined) return rejectAfterRing(attempt)
  const parked = facts.calls?.parkedAt(snapshot.accountId, spot.id)
  if (parked !== undefined) {
    trace.note('parking', 'somebody waits here already', { spotNumber: spot.spotNumber, sessionId: parked.sessionId })
    return reject('SpotTaken')
  }
  // Nobody of the account has sent the others: they are fetched, or give up.
  const returnTo = caller.kind === 'line' ? placeOf(caller) : undefined
  trace.note('parking', 'the caller waits to be fetched', { spotNumber: spot.spotNumber, timeoutSeconds: spot.timeoutSeconds, returnTo: returnTo?.referenceId })
  const service = { kind: 'park', spot, returnTo } as const
  return { kind: 'serve', service, target, userId: undefined, caller: callerToInside(scene), calledNumber, diversion: undefined }
}

/** Calls go to users, not to devices (S1-16): who parked it may have gone to another phone of his. */
function placeOf({ line, user }: Extract<Caller, { kind: 'line' }>): CallTarget {
  return user === undefined ? { referenceType: 'LINE_APPEARANCE', referenceId: line.id } : { referenceType: PHONES_OF_USER, referenceId: user.id }
}

/** @returns undefined when nobody waits at the spot */
export function retrieveParked(scene: CallScene, spot: RoutingParkingSpot): RouteVerdict | undefined {
  const { caller, facts, snapshot, trace } = scene
  const parked = facts.calls?.parkedAt(snapshot.accountId, spot.id)
  if (parked === undefined) return undefined
  trace.note('parking', 'fetches who waits', { spotNumber: spot.spotNumber, sessionId: parked.sessionId })
  const userId = caller.kind === 'line' ? caller.user?.id : undefined
  const from = { how: 'retrieve', sessionId: parked.sessionId } as const
  return { kind: 'take', from, target: `parking:${spot.id}`, userId, caller: callerToInside(scene), calledNumber: spot.spotNumber }
}

/** Phones park by dialing the spot while the other party is on hold. */
export function parkOther(scene: CallScene, spot: RoutingParkingSpot): RouteVerdict {
  const { caller, facts, trace } = scene
  const call = caller.kind === 'line' ? facts.calls?.otherCallOf(caller.line.id) : undefined
  if (call === undefined) {
    trace.note('parking', 'nobody waits here, and the phone has no call to park', { spotNumber: spot.spotNumber })
    return reject('SpotEmpty')
  }
  const target = `parking:${spot.id}`
  const attempt = lastAttemptAt(target, facts.trail)
  if (attempt !== undefined) return rejectAfterRing(attempt)
  trace.note('parking', 'parks the other party of the call the phone has', { spotNumber: spot.spotNumber, sessionId: call.sessionId })
  const userId = caller.kind === 'line' ? caller.user?.id : undefined
  const service = { kind: 'park-other', spot, call } as const
  return { kind: 'serve', service, target, userId, caller: callerToInside(scene), calledNumber: spot.spotNumber, diversion: undefined }
}

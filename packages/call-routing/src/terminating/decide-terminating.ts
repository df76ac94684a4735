import type { CallScene } from '../call-scene.ts'
import { readTarget } from '../destinations/read-target.ts'
import type { ContinuingCall } from '../route-facts.ts'
import { followDestination } from '../destinations/follow-destination.ts'
import { reject } from '../reject.ts'
import type { RouteVerdict } from '../route-decision.ts'

/** A call comes in for one of the account's numbers (S0-47). It never leaves again unless a user forwards it. */
export function decideTerminating(scene: CallScene, calledNumber: string): RouteVerdict {
  if (!scene.snapshot.numbers.has(calledNumber)) {
    scene.trace.note('number', 'not a number of this account', { number: calledNumber })
    return reject('UnknownNumber')
  }
  return followDestination(scene, { kind: 'number', number: calledNumber, diversion: undefined })
}

/** A caller the platform has answered goes on to what was chosen. */
export function decideContinuing(scene: CallScene, { to, calledNumber }: ContinuingCall): RouteVerdict {
  scene.trace.note('continue', to.referenceType, { referenceId: to.referenceId })
  const destination = readTarget(scene.snapshot, to, { calledNumber, diversion: undefined })
  return destination === undefined ? reject('DestinationNotAvailable') : followDestination(scene, destination)
}

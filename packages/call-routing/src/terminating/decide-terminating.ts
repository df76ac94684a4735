import type { CallScene } from '../call-scene.ts'
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

import { isTollFree, normalizePhoneNumber, tollFreeOriginOf } from '@dialtone/numbering'
import type { CallScene } from '../call-scene.ts'
import { enterBoxOf } from '../dial-plan/enter-box-of.ts'
import { readTarget } from '../destinations/read-target.ts'
import type { ContinuingCall, TerminatingCall } from '../route-facts.ts'
import { endLoop, followDestination } from '../destinations/follow-destination.ts'
import { reject } from '../reject.ts'
import type { RouteVerdict } from '../route-decision.ts'

/** A call comes in for one of the account's numbers (S0-47). It never leaves again unless a user forwards it. */
export function decideTerminating(scene: CallScene, { calledNumber, cameThrough = [] }: Pick<TerminatingCall, 'calledNumber' | 'cameThrough'>): RouteVerdict {
  if (!scene.snapshot.numbers.has(calledNumber)) {
    scene.trace.note('number', 'not a number of this account', { number: calledNumber })
    return reject('UnknownNumber')
  }
  // Other accounts have sent it back to where it has come through.
  if (cameThrough.includes(calledNumber)) return endLoop(scene, `number:${calledNumber}`)
  if (isRefusedTollFree(scene, calledNumber)) return reject('CallerBlocked')
  return followDestination(scene, { kind: 'number', number: calledNumber, diversion: undefined })
}

/** Who has a toll-free number pays for its calls, and his inbound rate plan says from where he takes none. */
function isRefusedTollFree({ snapshot, caller, trace }: CallScene, calledNumber: string): boolean {
  if (snapshot.tollFreeRefused === undefined || caller.kind !== 'outside' || !isTollFree(calledNumber)) return false
  const number = normalizePhoneNumber(caller.identity.number)
  const origin = number === undefined ? undefined : tollFreeOriginOf(number)
  if (origin === undefined || !snapshot.tollFreeRefused.includes(origin)) return false
  trace.note('inbound-rate-plan', 'not taken from there', { origin })
  return true
}

/** A caller the platform has answered goes on to what was chosen. */
export function decideContinuing(scene: CallScene, { to, calledNumber }: ContinuingCall): RouteVerdict {
  scene.trace.note('continue', to.referenceType, { referenceId: to.referenceId })
  const straight = to.referenceType === 'TELEPHONE' ? enterBoxOf(scene, to.referenceId) : undefined
  if (straight !== undefined) return straight
  const destination = readTarget(scene.snapshot, to, { calledNumber, diversion: undefined })
  if (destination !== undefined) return followDestination(scene, destination)
  // A caller has pressed it, in a directory, or somebody has written it.
  return reject(to.referenceType === 'TELEPHONE' ? 'UnknownNumber' : 'DestinationNotAvailable')
}

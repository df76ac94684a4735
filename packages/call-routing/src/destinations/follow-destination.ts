import type { CallScene } from '../call-scene.ts'
import { hopLimitOf } from '../hop-limit.ts'
import { reject, rejectAfterRing } from '../reject.ts'
import type { RouteVerdict } from '../route-decision.ts'
import type { Destination, FirstOf, Progress } from './destination.ts'
import { dialNumber, dialShortCode } from './dial-number.ts'
import { enterService } from './enter-service.ts'
import { enterLine } from './enter-line.ts'
import { ringUser } from './ring.ts'

/** Goes from destination to destination until one decides. No destination is entered twice, so this ends. */
export function followDestination(scene: CallScene, start: Destination): RouteVerdict {
  return follow(scene, start, { entered: [], hops: scene.facts.trail.length })
}

/** Where a decision has been. */
interface Journey {
  /** A handful: there is a limit to hops. */
  readonly entered: string[]
  hops: number
}

function follow(scene: CallScene, start: Destination, journey: Journey): RouteVerdict {
  const limit = hopLimitOf(scene.facts)
  let destination = start
  for (;;) {
    const place = placeOf(destination)
    if (journey.entered.includes(place)) return endLoop(scene, place)
    journey.entered.push(place)
    const progress = enter(scene, destination)
    if ('verdict' in progress) return progress.verdict
    if ('firstOf' in progress) return followFirst(scene, progress, journey)
    if (progress.forwarded) journey.hops++
    if (journey.hops >= limit) return endAtLimit(scene, limit)
    destination = progress.next
  }
}

/** The first that takes the call. What was tried already refuses again, so that the trail leads to the next one. */
function followFirst(scene: CallScene, { firstOf, otherwise }: FirstOf, journey: Journey): RouteVerdict {
  const limit = hopLimitOf(scene.facts)
  let refused: RouteVerdict = otherwise
  for (const [index, next] of firstOf.entries()) {
    journey.hops++
    if (journey.hops >= limit) return endAtLimit(scene, limit)
    refused = follow(scene, next, journey)
    scene.trace.note('in-order', refused.kind === 'reject' ? 'refused: the next one' : 'takes the call', {
      place: placeOf(next),
      left: firstOf.length - index - 1,
    })
    if (refused.kind !== 'reject') return refused
  }
  return refused
}

function enter(scene: CallScene, destination: Destination): Progress {
  switch (destination.kind) {
    case 'user':
      return ringUser(scene, destination)
    case 'line':
      return enterLine(scene, destination)
    case 'number':
      return dialNumber(scene, destination)
    case 'short-code':
      return dialShortCode(scene, destination)
    case 'service':
      return enterService(scene, destination)
  }
}

function placeOf(destination: Destination): string {
  switch (destination.kind) {
    case 'user':
      return `user:${destination.userId}`
    case 'line':
      return `line:${destination.lineId}`
    case 'number':
      return `number:${destination.number}`
    case 'short-code':
      return `short-code:${destination.digits}`
    case 'service':
      return `${destination.to.referenceType}:${destination.to.referenceId}`
  }
}

/** Forwarding came back to where it was: what the last phone said is more useful to the caller than the loop. */
export function endLoop(scene: CallScene, place: string): RouteVerdict {
  const attempt = scene.facts.trail.findLast((each) => !each.target.startsWith('carrier:'))
  scene.trace.note('forwarding-loop', 'forwarding leads back, the call ends', { place })
  return attempt === undefined ? reject('HopLimit') : rejectAfterRing(attempt)
}

function endAtLimit(scene: CallScene, limit: number): RouteVerdict {
  scene.trace.note('hop-limit', 'reached', { limit })
  return reject('HopLimit')
}

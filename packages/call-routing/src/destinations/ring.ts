import { lastAttemptAt } from '../call-scene.ts'
import type { CallScene } from '../call-scene.ts'
import { callerToInside } from '../originating/caller-identity.ts'
import { reject, rejectAfterRing } from '../reject.ts'
import type { AlsoCalled, RingVerdict } from '../route-decision.ts'
import type { RouteAttempt } from '../route-facts.ts'
import type { RoutingUser } from '../routing-snapshot.ts'
import type { LineDestination, Progress, UserDestination } from './destination.ts'
import { findUser } from './find-me.ts'
import { forwardTo } from './forward.ts'
import { freeLines, isOccupied } from './own-phones.ts'
import { applyRingOutcome } from './ring-outcome.ts'
import { ringTimeMs } from './ring-time.ts'
import { isTrunkLine, ringTrunk } from './ring-trunk.ts'
import { alsoCalled, longestCalledMs } from './simultaneous-ring.ts'
import type { RingType } from '../screening/call-screening.ts'
import { followSchedule } from '../schedule/follow-schedule.ts'
import { screenCaller } from '../screening/screen-caller.ts'

/** Every device of the user rings at the same time (S1-14, S1-16), unless the user's call handling says otherwise. */
export function ringUser(scene: CallScene, destination: UserDestination): Progress {
  const { snapshot, trace } = scene
  const stored = snapshot.users.get(destination.userId)
  if (stored === undefined) {
    trace.note('user', 'does not exist', { userId: destination.userId })
    return { verdict: reject('DestinationNotAvailable') }
  }
  const user = followSchedule(scene, stored)
  const { progress, ringType } = screenCaller(scene, user, destination)
  return progress ?? withRingType(ringScreened(scene, user, destination), ringType)
}

const NOT_SCREENED = { progress: undefined, ringType: undefined }

function withRingType(progress: Progress, ringType: RingType | undefined): Progress {
  if (ringType === undefined || !('verdict' in progress) || progress.verdict.kind !== 'ring') return progress
  return { verdict: { ...progress.verdict, ringType } }
}

function ringScreened(scene: CallScene, user: RoutingUser, destination: UserDestination): Progress {
  const target = `user:${user.id}`
  const attempt = lastAttemptAt(target, scene.facts.trail)
  if (attempt !== undefined) return applyRingOutcome(scene, user, attempt, destination)
  const diverted = divertBeforeRinging(scene, user, destination)
  if (diverted !== undefined) return diverted
  const { optionType, findMe, simultaneousRing } = user.callHandling
  if (optionType === 'FindMeFollowMe' && findMe !== undefined) return findUser(scene, user, findMe, destination)
  if (isOccupied(scene, user)) return applyRingOutcome(scene, user, { target, outcome: 'busy', statusCode: 486 }, destination)
  const beside = optionType === 'SimultaneousRing' && simultaneousRing !== undefined ? alsoCalled(scene, user, simultaneousRing, destination) : []
  return ringLines(scene, user.lineIds, target, user, destination, beside)
}

/** A number that rings one line; its owner's handling applies when it does not answer (C-56). */
export function ringLine(scene: CallScene, destination: LineDestination): Progress {
  const { snapshot } = scene
  const line = snapshot.lines.get(destination.lineId)
  if (isTrunkLine(line)) return ringTrunk(scene, line, destination)
  const stored = line?.userId === undefined ? undefined : snapshot.users.get(line.userId)
  const owner = stored === undefined ? undefined : followSchedule(scene, stored)
  const { progress, ringType } = owner === undefined ? NOT_SCREENED : screenCaller(scene, owner, destination)
  return progress ?? withRingType(ringOwned(scene, owner, destination), ringType)
}

function ringOwned(scene: CallScene, owner: RoutingUser | undefined, destination: LineDestination): Progress {
  const { facts, trace } = scene
  const target = `line:${destination.lineId}`
  const attempt = lastAttemptAt(target, facts.trail) ?? (owner === undefined ? undefined : lastAttemptAt(`user:${owner.id}`, facts.trail))
  if (attempt === undefined) {
    trace.note('line', 'rings alone, with the handling of its owner', { lineId: destination.lineId, userId: owner?.id })
    return ringLines(scene, [destination.lineId], target, owner, destination)
  }
  return owner === undefined ? { verdict: rejectAfterRing(attempt) } : applyRingOutcome(scene, owner, attempt, destination)
}

/** What a user has set for every call: forward always comes before do not disturb, as on the phones themselves. */
function divertBeforeRinging(scene: CallScene, user: RoutingUser, destination: UserDestination): Progress | undefined {
  const { optionType, forwardAlwaysToNumber, doNotDisturbEnabled } = user.callHandling
  scene.trace.note('call-handling', optionType, { userId: user.id })
  if (optionType === 'ForwardAlways') {
    const forwarded = forwardTo(scene, user, forwardAlwaysToNumber, 'always', destination)
    if (forwarded !== undefined) return forwarded
  }
  if (!doNotDisturbEnabled) return undefined
  scene.trace.note('do-not-disturb', 'handled as busy', { userId: user.id })
  return applyRingOutcome(scene, user, { target: `user:${user.id}`, outcome: 'busy', statusCode: 486 }, destination, 'do-not-disturb')
}

function ringLines(
  scene: CallScene,
  lineIds: readonly string[],
  target: string,
  owner: RoutingUser | undefined,
  destination: UserDestination | LineDestination,
  alsoCall: readonly AlsoCalled[] = [],
): Progress {
  const { free, inService } = freeLines(scene, lineIds)
  if (free.length === 0 && alsoCall.length === 0) return applyNoLine(scene, { target, ...nothingRings(scene, inService) }, owner, destination)
  const ring: RingVerdict = {
    kind: 'ring',
    lineIds: free,
    userId: owner?.id,
    target,
    timeoutMs: Math.max(ringTimeMs(owner?.callHandling), longestCalledMs(alsoCall)),
    caller: callerToInside(scene),
    calledNumber: destination.calledNumber,
    diversion: destination.diversion,
    ...(alsoCall.length === 0 ? {} : { alsoCall }),
  }
  scene.trace.note('ring', 'all at the same time', { lineIds: free, alsoCalled: alsoCall.length, timeoutMs: ring.timeoutMs })
  return { verdict: ring }
}

/** Nobody can be rung: the only device is the one that calls, or no device is in service. */
function nothingRings(scene: CallScene, callsItself: boolean): Pick<RouteAttempt, 'outcome' | 'statusCode'> {
  scene.trace.note('ring', callsItself ? 'the only device is the one that is calling, or it calls for help' : 'no line is in service')
  return callsItself ? { outcome: 'busy', statusCode: 486 } : { outcome: 'unregistered', statusCode: 480 }
}

function applyNoLine(scene: CallScene, attempt: RouteAttempt, owner: RoutingUser | undefined, destination: UserDestination | LineDestination): Progress {
  return owner === undefined ? { verdict: rejectAfterRing(attempt) } : applyRingOutcome(scene, owner, attempt, destination)
}

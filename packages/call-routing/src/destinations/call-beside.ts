import type { CallScene } from '../call-scene.ts'
import { callerToInside } from '../originating/caller-identity.ts'
import type { AlsoCalled, Diversion } from '../route-decision.ts'
import type { RoutingUser } from '../routing-snapshot.ts'
import { followSchedule } from '../schedule/follow-schedule.ts'
import type { Destination, Progress, ServiceDestination } from './destination.ts'
import { dialNumber } from './dial-number.ts'
import { freeLines, isOccupied } from './own-phones.ts'
import { isTrunkLine, ringTrunk } from './ring-trunk.ts'

/** What can be called beside the phones of a user, and what cannot but takes calls of its own. */
export type Beside = AlsoCalled['verdict'] | ServiceDestination | undefined

const DEEPEST = 3

/**
 * Whom a destination calls while others ring: phones, a carrier, another account. What the user found there has set for other calls is
 * not followed, but who wants no call gets none.
 * @param owner whose settings lead there: the own phones are not called twice
 */
export function callBeside(scene: CallScene, owner: RoutingUser, destination: Destination, depth = 0): Beside {
  switch (destination.kind) {
    case 'user':
      return userBeside(scene, owner, destination.userId, destination)
    case 'line': {
      const line = scene.snapshot.lines.get(destination.lineId)
      if (isTrunkLine(line)) return called(ringTrunk(scene, line, destination))
      return phonesBeside(scene, [destination.lineId], line?.userId, destination)
    }
    case 'number': {
      const progress = dialNumber(scene, destination)
      // A number may stand for another one, in a circle even.
      if (!('verdict' in progress)) return depth === DEEPEST || 'firstOf' in progress ? undefined : callBeside(scene, owner, progress.next, depth + 1)
      return called(progress)
    }
    case 'short-code':
      return undefined
    case 'service':
      return destination
  }
}

function called(progress: Progress): Beside {
  if (!('verdict' in progress)) return undefined
  const { verdict } = progress
  return verdict.kind === 'carrier' || verdict.kind === 'on-net' || verdict.kind === 'ring' ? verdict : undefined
}

interface Called {
  readonly calledNumber: string
  readonly diversion: Diversion | undefined
}

function userBeside(scene: CallScene, owner: RoutingUser, userId: string, by: Called): Beside {
  const stored = scene.snapshot.users.get(userId)
  if (stored === undefined || stored.id === owner.id) {
    scene.trace.note('user', stored === undefined ? 'does not exist' : 'is the one whose phones ring already', { userId })
    return undefined
  }
  const user = followSchedule(scene, stored)
  if (user.callHandling.doNotDisturbEnabled) {
    scene.trace.note('do-not-disturb', 'is not called either', { userId })
    return undefined
  }
  return isOccupied(scene, user) ? undefined : phonesBeside(scene, user.lineIds, user.id, by)
}

function phonesBeside(scene: CallScene, lineIds: readonly string[], userId: string | undefined, { calledNumber, diversion }: Called): Beside {
  const { free } = freeLines(scene, lineIds)
  const target = userId === undefined ? `line:${lineIds[0] ?? ''}` : `user:${userId}`
  if (free.length === 0) scene.trace.note('ring', 'no line is in service', { target })
  if (free.length === 0) return undefined
  return { kind: 'ring', lineIds: free, userId, target, timeoutMs: undefined, caller: callerToInside(scene), calledNumber, diversion }
}

import { lastAttemptAt } from '../call-scene.ts'
import type { CallScene } from '../call-scene.ts'
import { hopLimitOf } from '../hop-limit.ts'
import { callerToInside } from '../originating/caller-identity.ts'
import type { Diversion, RingVerdict } from '../route-decision.ts'
import type { RouteAttempt } from '../route-facts.ts'
import type { Hunt, RingGroupMember } from '../ring-group.ts'
import { inTurn } from './in-turn.ts'
import { isCallingForHelp, isOccupied } from './own-phones.ts'

/** S1-58: what rings rings 20 s, where nothing else is said. */
const DEFAULT_RING_SECONDS = 20
const MAX_RING_SECONDS = 600
/** A group of many busy phones ends its hunt so much before the hop limit, so that the call can still go on to the overflow. */
const HOPS_KEPT = 6

interface Called {
  readonly calledNumber: string
  readonly diversion: Diversion | undefined
}

/** A member who has not been tried: the phones that ring for it, or why none does. */
interface Candidate {
  readonly member: RingGroupMember
  readonly userId: string | undefined
  readonly lineIds: readonly string[]
  readonly passedOver: RouteAttempt['outcome'] | undefined
}

/**
 * Rings the members as the strategy says, one decision a try: the trail tells who was tried. Who calls, does not want to be
 * disturbed, is in a call without call waiting or is not registered is passed over; forwards of members are not followed, a group rings phones.
 * @returns the ring, or how it ended when everybody has been tried: no answer if somebody's phone rang, else busy if somebody was, else unregistered
 */
export function huntMembers(scene: CallScene, hunt: Hunt, called: Called): RingVerdict | RouteAttempt {
  const candidates = hunt.members.map((member) => candidateOf(scene, member, hunt.freeOnly))
  return hunt.strategy === 'SIMULTANEOUS' ? ringAll(scene, hunt, candidates, called) : ringNext(scene, hunt, candidates, called)
}

function ringAll(scene: CallScene, hunt: Hunt, candidates: readonly Candidate[], called: Called): RingVerdict | RouteAttempt {
  const target = `huntgroup:${hunt.id}/all`
  const attempt = lastAttemptAt(target, scene.facts.trail)
  if (attempt !== undefined) return attempt
  const lineIds = [...new Set(candidates.flatMap((candidate) => (candidate.passedOver === undefined ? candidate.lineIds : [])))]
  notePassedOver(scene, candidates)
  if (lineIds.length === 0) return endOf(candidates.map(attemptOf))
  const timeoutMs = millisecondsOf(hunt.ringTimeoutSeconds)
  scene.trace.note('hunt', 'all members at the same time', { groupId: hunt.id, lineIds, timeoutMs })
  const userId = candidates.length === 1 ? candidates[0]?.userId : undefined
  return { kind: 'ring', lineIds, userId, target, ringsSeveral: true, timeoutMs, caller: callerToInside(scene), ...called }
}

function ringNext(scene: CallScene, hunt: Hunt, candidates: readonly Candidate[], called: Called): RingVerdict | RouteAttempt {
  const { trail, group } = scene.facts
  const tried = candidates.map((candidate) => lastAttemptAt(targetOf(hunt, candidate.member), trail))
  const untried = candidates.filter((candidate, index) => tried[index] === undefined && candidate.passedOver === undefined)
  const next = inTurn(hunt, untried, group)[0]
  notePassedOver(scene, candidates)
  const isLate = trail.length >= hopLimitOf(scene.facts) - HOPS_KEPT && tried.some((attempt) => attempt !== undefined)
  if (next === undefined || isLate) {
    const end = endOf(candidates.map((candidate, index) => tried[index] ?? attemptOf(candidate)))
    scene.trace.note('hunt', isLate ? 'too many were tried: nobody else is' : 'nobody is left', { groupId: hunt.id, tried: trail.length, outcome: end.outcome })
    return end
  }
  const { member, userId, lineIds } = next
  const timeoutMs = millisecondsOf(hunt.strategy === 'SEQUENTIAL' ? (member.ringTimeoutSeconds ?? hunt.ringTimeoutSeconds) : hunt.ringTimeoutSeconds)
  scene.trace.note('hunt', `next by ${hunt.strategy}`, { groupId: hunt.id, memberId: member.id, left: untried.length - 1, timeoutMs })
  return { kind: 'ring', lineIds, userId, target: targetOf(hunt, member), timeoutMs, caller: callerToInside(scene), ...called }
}

function candidateOf(scene: CallScene, member: RingGroupMember, freeOnly: Hunt['freeOnly']): Candidate {
  const { snapshot, caller, facts } = scene
  const user = member.kind === 'user' ? snapshot.users.get(member.id) : undefined
  const all = member.kind === 'line' ? [member.id] : (user?.lineIds ?? [])
  const present = all.filter((id) => snapshot.lines.get(id)?.adminState === 'ACTIVE' && (facts.isRegistered?.(id) ?? true))
  const callingLine = caller.kind === 'line' ? caller.line : undefined
  const lineIds = present.filter((id) => id !== callingLine?.id && !isCallingForHelp(scene, id))
  const isEngaged = present.length > lineIds.length || (user !== undefined && user.id === callingLine?.userId)
  const isDisturbed = user?.callHandling.doNotDisturbEnabled === true
  const isTaken = freeOnly !== undefined && present.some((lineId) => isAtWork(scene, lineId, freeOnly.wrapUpMs))
  const isBusy = isEngaged || isDisturbed || isTaken || (user !== undefined && isOccupied(scene, user))
  const passedOver = isBusy ? 'busy' : lineIds.length === 0 ? 'unregistered' : undefined
  return { member, userId: user?.id ?? snapshot.lines.get(member.id)?.userId, lineIds, passedOver }
}

/** In a call, or not done with the last one. */
function isAtWork({ facts }: CallScene, lineId: string, wrapUpMs: number): boolean {
  if ((facts.activeCallsOf?.(lineId) ?? 0) > 0) return true
  const idleSinceMs = facts.group?.idleSinceMs(lineId)
  return idleSinceMs !== undefined && facts.nowMs - idleSinceMs < wrapUpMs
}

function notePassedOver(scene: CallScene, candidates: readonly Candidate[]): void {
  const passed = candidates.filter((candidate) => candidate.passedOver !== undefined)
  if (passed.length === 0) return
  scene.trace.note(
    'hunt.passed-over',
    'they call themselves, or for help, do not want to be disturbed, are in a call without call waiting, or are not registered',
    {
      members: passed.map(({ member, passedOver }) => ({ id: member.id, as: passedOver })),
    },
  )
}

function attemptOf({ member, passedOver = 'unregistered' }: Candidate): RouteAttempt {
  return { target: member.id, outcome: passedOver, statusCode: passedOver === 'busy' ? 486 : 480 }
}

const TELLING: readonly (readonly RouteAttempt['outcome'][])[] = [['no-answer'], ['busy', 'declined'], ['failed'], ['unregistered']]

/** What the whole hunt came to, the most telling outcome first. */
function endOf(attempts: readonly RouteAttempt[]): RouteAttempt {
  for (const outcomes of TELLING) {
    const found = attempts.findLast((attempt) => outcomes.includes(attempt.outcome))
    if (found !== undefined) return found
  }
  return { target: '', outcome: 'unregistered', statusCode: 480 }
}

function targetOf(hunt: Hunt, member: RingGroupMember): string {
  return `huntgroup:${hunt.id}/${member.id}`
}

function millisecondsOf(seconds: number): number {
  return Math.min(seconds > 0 ? seconds : DEFAULT_RING_SECONDS, MAX_RING_SECONDS) * 1000
}

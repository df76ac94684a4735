import type { CallScene } from '../call-scene.ts'
import { readExtension } from '../destinations/read-target.ts'
import { callerToInside } from '../originating/caller-identity.ts'
import type { RoutingPickupGroup } from '../pickup-group.ts'
import { reject } from '../reject.ts'
import type { RouteVerdict } from '../route-decision.ts'
import type { RoutingSnapshot } from '../routing-snapshot.ts'
import type { TakenCall } from '../taken-call.ts'
import type { MatchedRule } from './dial-plan-rule.ts'
import { dialedWith } from './setting-codes.ts'

type Enter = (scene: CallScene, matched: MatchedRule) => RouteVerdict

/** The actions that take a call of another phone. */
export const PICKUP_CODES: Readonly<Record<string, Enter>> = {
  GroupPickup: pickUpInGroup,
  DirectedCallPickUp: pickUpAt,
  PickupInDirectory: pickUpAnywhere,
  CallPull: pull,
}

/** What rings at somebody of a pickup group of the caller (S0-49). */
function pickUpInGroup(scene: CallScene, matched: MatchedRule): RouteVerdict {
  const groups = groupsOfCaller(scene)
  const lineIds = groups.flatMap((group) => linesOfGroup(scene.snapshot, group))
  if (groups.length > 0) return pickUp(scene, matched, lineIds, { pickupGroupIds: groups.map(({ id }) => id) })
  scene.trace.note('pickup', 'the caller is in no pickup group')
  return reject('NothingToPickUp')
}

/** What rings at an extension. Who is in pickup groups is picked up by those alone who are in one of them. */
function pickUpAt(scene: CallScene, matched: MatchedRule): RouteVerdict {
  const { snapshot } = scene
  const found = readExtension(snapshot, matched.ending, undefined)
  if (found?.kind !== 'user' && found?.kind !== 'line') return reject('UnknownExtension')
  const lineIds = found.kind === 'user' ? (snapshot.users.get(found.userId)?.lineIds ?? []) : [found.lineId]
  return pickUp(scene, matched, lineIds, { extension: matched.ending })
}

/** Whatever rings in the account, as far as the caller may pick it up. */
function pickUpAnywhere(scene: CallScene, matched: MatchedRule): RouteVerdict {
  return pickUp(scene, matched, [...scene.snapshot.lines.keys()], {})
}

function pickUp(scene: CallScene, matched: MatchedRule, lineIds: readonly string[], detail: Readonly<Record<string, unknown>>): RouteVerdict {
  const { facts, trace } = scene
  const own = ownLines(scene)
  const allowed = lineIds.filter((lineId) => !own.includes(lineId) && mayPickUp(scene, lineId))
  const ringing = facts.calls?.ringingAt(allowed)
  if (ringing === undefined) {
    trace.note('pickup', allowed.length === 0 ? 'the caller may pick up nothing there' : 'nothing rings there', detail)
    return reject('NothingToPickUp')
  }
  trace.note('pickup', 'takes the call that rings', { ...detail, ...ringing })
  return take(scene, matched, { how: 'pickup', sessionId: ringing.sessionId, legId: ringing.legId })
}

/** The caller's own call, at another one of his phones. */
function pull(scene: CallScene, matched: MatchedRule): RouteVerdict {
  const { caller, facts, trace } = scene
  const others = caller.kind === 'line' ? ownLines(scene).filter((lineId) => lineId !== caller.line.id) : []
  const talk = others.length === 0 ? undefined : facts.calls?.talkAt(others)
  if (talk === undefined) {
    trace.note('call-pull', others.length === 0 ? 'the caller has no other phone' : 'the caller talks at no other phone', { lineIds: others })
    return reject('NoCallToPull')
  }
  trace.note('call-pull', 'goes on at this phone', { ...talk })
  return take(scene, matched, { how: 'pull', ...talk })
}

function take(scene: CallScene, matched: MatchedRule, from: TakenCall): RouteVerdict {
  const userId = scene.caller.kind === 'line' ? scene.caller.user?.id : undefined
  return { kind: 'take', from, target: `${from.how}:${from.sessionId}`, userId, caller: callerToInside(scene), calledNumber: dialedWith(matched) }
}

/**
 * Whether a line may take what rings at another one, however it asks: by a code, or by an INVITE with Replaces that names the ringing dialog (RFC 3891, RFC 4235).
 */
export function mayPickUpLine(snapshot: RoutingSnapshot, byLineId: string, ringingLineId: string): boolean {
  const userId = snapshot.lines.get(byLineId)?.userId
  if (userId !== undefined && snapshot.users.get(userId)?.lineIds.includes(ringingLineId) === true) return true
  const own = groupsOf(snapshot, byLineId, userId)
  const groups = snapshot.services.pickupGroups.filter((group) => linesOfGroup(snapshot, group).includes(ringingLineId))
  // Who is in no pickup group is picked up by everybody of the account.
  return groups.length === 0 || groups.some((group) => own.includes(group))
}

function ownLines({ caller }: CallScene): readonly string[] {
  return caller.kind === 'line' ? [caller.line.id, ...(caller.user?.lineIds ?? [])] : []
}

function groupsOfCaller({ caller, snapshot }: CallScene): readonly RoutingPickupGroup[] {
  return caller.kind === 'line' ? groupsOf(snapshot, caller.line.id, caller.user?.id) : []
}

function groupsOf({ services }: RoutingSnapshot, lineId: string, userId: string | undefined): readonly RoutingPickupGroup[] {
  return services.pickupGroups.filter((group) => group.lineIds.includes(lineId) || (userId !== undefined && group.userIds.includes(userId)))
}

function linesOfGroup({ users }: RoutingSnapshot, { lineIds, userIds }: RoutingPickupGroup): readonly string[] {
  return [...lineIds, ...userIds.flatMap((userId) => users.get(userId)?.lineIds ?? [])]
}

function mayPickUp({ caller, snapshot }: CallScene, lineId: string): boolean {
  return caller.kind === 'line' && mayPickUpLine(snapshot, caller.line.id, lineId)
}

import type { CallScene } from '../call-scene.ts'
import type { RoutingUser } from '../routing-snapshot.ts'

/** Those of the lines that can ring: in service, not the one that calls, and not in a call for help. `inService`: one would, were it not for that. */
export function freeLines(scene: CallScene, lineIds: readonly string[]): { readonly free: readonly string[]; readonly inService: boolean } {
  const { caller, snapshot } = scene
  const inService = [...new Set(lineIds)].filter((id) => snapshot.lines.get(id)?.adminState === 'ACTIVE')
  return { free: inService.filter((id) => (caller.kind !== 'line' || caller.line.id !== id) && !isCallingForHelp(scene, id)), inService: inService.length > 0 }
}

/** The line talks to 911: a second call would be in the way. A PBX has phones enough. */
export function isCallingForHelp({ facts, snapshot }: CallScene, lineId: string): boolean {
  return facts.isCallingForHelp?.(lineId) === true && snapshot.lines.get(lineId)?.trunk === undefined
}

/** In a call already, and wants no second one: ever, or for the time of that call. */
export function isOccupied(scene: CallScene, user: RoutingUser): boolean {
  const { facts, trace } = scene
  if (facts.wantsNoSecondCall?.(user.id) === true) {
    trace.note('call-waiting', 'off for the time of the call the user is in: busy', { userId: user.id })
    return true
  }
  if (user.callHandling.callWaitingEnabled !== false || facts.isBusy?.(user.id) !== true) return false
  trace.note('call-waiting', 'off, and the user is in a call: busy', { userId: user.id })
  return true
}

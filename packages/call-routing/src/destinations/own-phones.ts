import type { CallScene } from '../call-scene.ts'
import type { RoutingUser } from '../routing-snapshot.ts'

/** Those of the lines that can ring: in service, and not the one that calls. `inService`: one would, were it not the caller's. */
export function freeLines(scene: CallScene, lineIds: readonly string[]): { readonly free: readonly string[]; readonly inService: boolean } {
  const { caller, snapshot } = scene
  const inService = [...new Set(lineIds)].filter((id) => snapshot.lines.get(id)?.adminState === 'ACTIVE')
  return { free: inService.filter((id) => caller.kind !== 'line' || caller.line.id !== id), inService: inService.length > 0 }
}

/** In a call already, and wants no second one. */
export function isOccupied(scene: CallScene, user: RoutingUser): boolean {
  if (user.callHandling.callWaitingEnabled !== false || scene.facts.isBusy?.(user.id) !== true) return false
  scene.trace.note('call-waiting', 'off, and the user is in a call: busy', { userId: user.id })
  return true
}

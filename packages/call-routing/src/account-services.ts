import type { RoutingLineHandling } from './line-handling.ts'
import type { RoutingRingGroup } from './ring-group.ts'

/** Somewhere a call can go on to, in the words numbers, menus and overflows use (C-39); the id is a number for TELEPHONE, '' for BUSY. */
export interface CallTarget {
  readonly referenceType: string
  readonly referenceId: string
}

/** What of an account takes calls besides its users, lines and numbers: one map a kind. */
export interface AccountServices {
  /** Extensions that are nobody's own: of groups, menus, queues. */
  readonly targetByExtension: ReadonlyMap<string, CallTarget>
  /** Hunt groups, those of business lines, and call groups, by id. */
  readonly ringGroups: ReadonlyMap<string, RoutingRingGroup>
  /** Extensions behind PBXs: the trunk's id by its pattern, such as `21XX` (S1-121). */
  readonly trunkIdByPattern: ReadonlyMap<string, string>
  /** Of business lines, by line id. */
  readonly lineHandling: ReadonlyMap<string, RoutingLineHandling>
}

export const NO_SERVICES: AccountServices = {
  targetByExtension: new Map(),
  ringGroups: new Map(),
  trunkIdByPattern: new Map(),
  lineHandling: new Map(),
}

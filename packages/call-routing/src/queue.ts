import type { CallTarget } from './account-services.ts'
import type { MenuSound } from './menu.ts'

/** Callers wait in a line until an agent is free (S0-50). The agents are the ring group `queue:<id>`. */
export interface RoutingQueue {
  readonly id: string
  readonly name: string
  readonly maxWaitSeconds: number
  readonly maxCallers: number
  /** How long the agents are rung at a time: all of them, one after the other. */
  readonly ringSeconds: number
  readonly music: readonly MenuSound[]
  readonly announcesPosition: boolean
  readonly announcementIntervalSeconds: number
  /** Where a caller goes who waited too long, or for whom there is no room. */
  readonly overflow: CallTarget | undefined
}

export function agentsOf(queueId: string): CallTarget {
  return { referenceType: 'HUNT_GROUP', referenceId: `queue:${queueId}` }
}

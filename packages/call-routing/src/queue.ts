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
  /** Whoever waits may hang up, keep the place, and be called back. */
  readonly offersCallback: boolean
  /** Where a caller goes who waited too long, or for whom there is no room. */
  readonly overflow: CallTarget | undefined
  /** Everybody who may take its calls; who is rung now is in the ring group. */
  readonly agents: readonly QueueAgent[]
}

/** Whether an agent takes calls: logged in, logged in but not to be rung, or not there. */
export type AgentDuty = 'AVAILABLE' | 'PAUSED' | 'LOGGED_OUT'

export interface QueueAgent {
  /** A user or a line. */
  readonly id: string
  readonly duty: AgentDuty
}

/** A queue whose agents have all logged out takes nobody. One that never had agents waits for some. */
export function isStaffed({ agents }: Pick<RoutingQueue, 'agents'>): boolean {
  return agents.length === 0 || agents.some(({ duty }) => duty !== 'LOGGED_OUT')
}

export function agentsOf(queueId: string): CallTarget {
  return { referenceType: 'HUNT_GROUP', referenceId: `queue:${queueId}` }
}

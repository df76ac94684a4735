import type { QueueNow, SwitchDirectory } from '@dialtone/softswitch'
import type { RegistrationStatus } from '../context.ts'
import type { Agent, CallQueue } from './call-queue.ts'

/** WRAP_UP: an agent has the queue's wrap-up time to itself after a call. */
export const AGENT_STATES = ['AVAILABLE', 'BUSY', 'WRAP_UP', 'PAUSED', 'LOGGED_OUT'] as const
export type AgentState = (typeof AGENT_STATES)[number]

export interface AgentStatus {
  readonly agent: Agent
  readonly state: AgentState
  /** In ms since 1970; undefined: longer than is known. */
  readonly sinceMs: number | undefined
  /** One of its phones is registered: without any it is not rung, whatever its state. */
  readonly registered: boolean
}

interface Known {
  readonly now: QueueNow
  readonly lineIdsOf: (agent: Agent) => readonly string[]
  readonly registrations: Pick<RegistrationStatus, 'isRegistered'>
  readonly nowMs: number
}

/** What every agent of the queue does now. Pure. */
export function agentStatuses(queue: CallQueue, known: Known): readonly AgentStatus[] {
  return queue.agents.map((agent) => {
    const lineIds = known.lineIdsOf(agent)
    const registered = lineIds.some((lineId) => known.registrations.isRegistered(lineId))
    return { agent, registered, ...stateOf(queue, agent, lineIds, known) }
  })
}

function stateOf(queue: CallQueue, { duty }: Agent, lineIds: readonly string[], { now, nowMs }: Known): Pick<AgentStatus, 'state' | 'sinceMs'> {
  const dutySinceMs = duty === undefined ? undefined : Date.parse(duty.since)
  if (duty !== undefined && duty.state !== 'AVAILABLE') return { state: duty.state, sinceMs: dutySinceMs }
  const talking = lineIds.flatMap((lineId) => now.talking[lineId] ?? [])
  if (talking.length > 0) return { state: 'BUSY', sinceMs: Math.min(...talking) }
  const idleSinceMs = Math.max(...lineIds.flatMap((lineId) => now.idle[lineId] ?? []))
  if (!Number.isFinite(idleSinceMs)) return { state: 'AVAILABLE', sinceMs: dutySinceMs }
  const readyMs = idleSinceMs + queue.wrapUpSeconds * 1000
  return nowMs < readyMs ? { state: 'WRAP_UP', sinceMs: idleSinceMs } : { state: 'AVAILABLE', sinceMs: Math.max(readyMs, dutySinceMs ?? 0) }
}

/** The lines of an agent, as the switch rings them. */
export function linesOfAgents(directory: Pick<SwitchDirectory, 'snapshotOf'>, accountId: string): (agent: Agent) => readonly string[] {
  const users = directory.snapshotOf(accountId)?.users
  return ({ type, id }) => (type === 'END_USER' ? (users?.get(id)?.lineIds ?? []) : [id])
}

import type { CallState } from '../calls/state/call-state.ts'
import type { GroupMemory } from '../features/group-memory.ts'
import { linesOf } from '../features/group-memory.ts'
import type { QueueNow } from '../ports/call-door.ts'
import type { QueueBoard } from './queue-board.ts'

export interface QueueNowNeeds {
  readonly queues: QueueBoard
  readonly groups: GroupMemory
  readonly calls: () => readonly CallState[]
}

/** How long the line of a queue is, and what its agents' phones do. Looks at every call: asked by people, not by calls. */
export function queueNow({ queues, groups, calls }: QueueNowNeeds, queueId: string, lineIds: readonly string[]): QueueNow {
  const talking: Record<string, number> = {}
  const asked = new Set(lineIds)
  for (const state of calls()) {
    const sinceMs = groups.talkingSinceMs(state.sessionId)
    if (state.phase !== 'talking' || sinceMs === undefined) continue
    for (const lineId of linesOf(state)) if (asked.has(lineId)) talking[lineId] = Math.min(talking[lineId] ?? sinceMs, sinceMs)
  }
  const idle = lineIds.flatMap((lineId) => {
    const sinceMs = groups.idleSinceMs(lineId)
    return sinceMs === undefined || talking[lineId] !== undefined ? [] : [[lineId, sinceMs] as const]
  })
  return { ...queues.lengthOf(queueId), talking, idle: Object.fromEntries(idle) }
}

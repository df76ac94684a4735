import type { AgentDuty, RoutingQueue, RoutingRingGroup } from '@dialtone/call-routing'
import type { Agent, CallQueue } from '../../call-queues/index.ts'
import type { Sql } from '../../database/index.ts'
import { accountRow } from '../account-rows.ts'
import { configuredAttributes } from './configured-attributes.ts'
import { mediaFiles, soundsOf } from './media-files.ts'
import type { ServiceReader } from './service-reader.ts'

/** Queues of the account (S0-50). */
export const queues: ServiceReader = async (sql, accountId) => {
  const [rows, files, account] = await Promise.all([
    configuredAttributes<CallQueue>(sql, accountId, 'CALL_QUEUE'),
    mediaFiles(sql, accountId),
    accountRow(sql, accountId),
  ])
  const ownMusic = account?.hold_music_media_id
  return { queues: new Map(rows.map(({ id, attributes }) => [id, queueOf(id, attributes, { files, ownMusic })])) }
}

/** The agents of a queue ring like a group, those with the lowest penalty first; who lacks a skill is none, who has logged out or pauses is not rung. */
export async function queueAgents(sql: Sql, accountId: string): Promise<readonly RoutingRingGroup[]> {
  const rows = await configuredAttributes<CallQueue>(sql, accountId, 'CALL_QUEUE')
  return rows.map(({ id, attributes: queue }) => ({
    id: `queue:${id}`,
    name: queue.name,
    strategy: queue.strategy,
    members: queue.agents
      .filter((agent) => isSkilled(queue, agent) && dutyOf(agent) === 'AVAILABLE')
      .toSorted((one, other) => one.penalty - other.penalty)
      .map((agent) => ({ kind: agent.type === 'END_USER' ? 'user' : 'line', id: agent.id })),
    ringTimeoutSeconds: queue.ringTimeoutSeconds,
    freeOnly: { wrapUpMs: queue.wrapUpSeconds * 1000 },
    forwardAlwaysTo: undefined,
    overflow: { busy: undefined, noAnswer: undefined, unregistered: undefined },
  }))
}

function isSkilled({ requiredSkills }: CallQueue, { skills }: Agent): boolean {
  return requiredSkills.every((skill) => skills.includes(skill))
}

function dutyOf({ duty }: Agent): AgentDuty {
  return duty?.state ?? 'AVAILABLE'
}

interface Found {
  readonly files: ReadonlyMap<string, string>
  readonly ownMusic: string | undefined
}

function queueOf(id: string, queue: CallQueue, { files, ownMusic }: Found): RoutingQueue {
  const { overflow } = queue
  const musicFile = files.get(queue.holdMusicId ?? ownMusic ?? '')
  return {
    id,
    name: queue.name,
    maxWaitSeconds: queue.maxWaitSeconds,
    maxCallers: queue.maxCallers,
    ringSeconds: queue.ringTimeoutSeconds * Math.max(1, queue.strategy === 'SIMULTANEOUS' ? 1 : queue.agents.length),
    offersCallback: queue.offersCallback ?? false,
    // Music of the platform itself comes with the switch.
    music: musicFile === undefined ? [] : soundsOf(queue.holdMusicId ?? ownMusic, files),
    announcesPosition: queue.positionAnnouncements,
    announcementIntervalSeconds: queue.announcementIntervalSeconds,
    overflow: overflow === undefined ? undefined : { referenceType: overflow.referenceType, referenceId: overflow.referenceId ?? '' },
    agents: queue.agents.filter((agent) => isSkilled(queue, agent)).map((agent) => ({ id: agent.id, duty: dutyOf(agent) })),
  }
}

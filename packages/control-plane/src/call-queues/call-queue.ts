import type { AgentDuty } from '@dialtone/call-routing'
import { err, ok, type Result } from '@dialtone/foundation'
import type { AccountScope } from '../access/index.ts'
import type { ObjectReference } from '../account-objects/index.ts'
import {
  type CallDestination, type CallMember, destinationProblems, destinationReferences, memberReferences, OVERFLOW, readMembers, type RingStrategy,
} from '../call-destinations/index.ts' // prettier-ignore
import type { Transaction } from '../database/index.ts'
import { type ApiFailure, invalidField, invalidFields } from '../failures/index.ts'
import { findMedia, isDefaultMedia } from '../media/index.ts'

export interface Agent extends CallMember {
  /** Who has a higher one is asked only when nobody with a lower one is free. */
  readonly penalty: number
  readonly skills: readonly string[]
  /** What it has said of itself last, by phone or by API; undefined: nothing, it takes calls. */
  readonly duty?: AgentOnDuty | undefined
}

export interface AgentOnDuty {
  readonly state: AgentDuty
  readonly since: string
}

/** Callers wait in a line until an agent is free (S0-50). */
export interface CallQueue {
  readonly name: string
  readonly extension: string | undefined
  readonly strategy: RingStrategy
  readonly agents: readonly Agent[]
  /** What an agent needs to be asked; nothing for anybody. */
  readonly requiredSkills: readonly string[]
  readonly maxWaitSeconds: number
  readonly maxCallers: number
  /** How long an agent's phone rings before the next one is asked. */
  readonly ringTimeoutSeconds: number
  /** What an agent has to himself after a call. */
  readonly wrapUpSeconds: number
  /** Music of the account or of the platform; undefined for that of the account. */
  readonly holdMusicId: string | undefined
  readonly positionAnnouncements: boolean
  readonly announcementIntervalSeconds: number
  /** Whoever waits may press 1, hang up and be called back. */
  readonly offersCallback?: boolean | undefined
  /** Where a caller goes who waited too long, or whom the queue has no room for. */
  readonly overflow: CallDestination | undefined
}

export interface GivenCallQueue {
  readonly name: string
  readonly extension?: string | undefined
  readonly strategy?: RingStrategy | undefined
  readonly agents: readonly {
    readonly userId?: string | undefined
    readonly lineId?: string | undefined
    readonly penalty?: number | undefined
    readonly skills?: readonly string[] | undefined
  }[]
  readonly requiredSkills?: readonly string[] | undefined
  readonly maxWaitTime?: number | undefined
  readonly maxCallers?: number | undefined
  readonly ringTimeout?: number | undefined
  readonly wrapUpTime?: number | undefined
  readonly holdMusic?: string | undefined
  readonly positionAnnouncements?: boolean | undefined
  readonly announcementInterval?: number | undefined
  readonly callbackEnabled?: boolean | undefined
  readonly overflow?: CallDestination | undefined
}

const DEFAULT_WAIT_SECONDS = 600
const DEFAULT_CALLERS = 100
const DEFAULT_RING_SECONDS = 20
const DEFAULT_INTERVAL_SECONDS = 30

/** @param before whose agents keep their duty: who is logged in is nobody's configuration */
export function callQueueOf(given: GivenCallQueue, before?: CallQueue): Result<CallQueue, ApiFailure> {
  const { name, extension, strategy = 'LONGEST_IDLE', overflow, requiredSkills = [] } = given
  const members = readMembers('agents', given.agents)
  if (!members.ok) return members
  const agents = members.value.map(([member, { penalty = 0, skills = [] }]): Agent => {
    const duty = before?.agents.find(({ id }) => id === member.id)?.duty
    return { ...member, penalty, skills: skills.map(skillOf), ...(duty === undefined ? {} : { duty }) }
  })
  const required = requiredSkills.map(skillOf)
  if (agents.length > 0 && !agents.some((agent) => required.every((skill) => agent.skills.includes(skill))))
    return err(invalidField('requiredSkills', 'are had by no agent', 'at least one agent with all of them'))
  const problems = overflow === undefined ? [] : destinationProblems('overflow', overflow)
  if (problems.length > 0) return err(invalidFields(problems))
  return ok({
    name,
    extension,
    strategy,
    agents,
    requiredSkills: required,
    maxWaitSeconds: given.maxWaitTime ?? DEFAULT_WAIT_SECONDS,
    maxCallers: given.maxCallers ?? DEFAULT_CALLERS,
    ringTimeoutSeconds: given.ringTimeout ?? DEFAULT_RING_SECONDS,
    wrapUpSeconds: given.wrapUpTime ?? 0,
    holdMusicId: given.holdMusic === '' || given.holdMusic === 'default' ? undefined : given.holdMusic,
    positionAnnouncements: given.positionAnnouncements ?? false,
    announcementIntervalSeconds: given.announcementInterval ?? DEFAULT_INTERVAL_SECONDS,
    offersCallback: given.callbackEnabled ?? false,
    overflow,
  })
}

export function callQueueReferences(queue: CallQueue): readonly ObjectReference[] {
  const { holdMusicId } = queue
  const isOwn = holdMusicId !== undefined && !isDefaultMedia('HoldMusic', holdMusicId)
  return [
    ...memberReferences('agent', queue.agents),
    ...(isOwn ? [{ role: 'holdMusic', type: 'MEDIA', id: holdMusicId } as const] : []),
    ...destinationReferences(OVERFLOW, queue.overflow),
  ]
}

/** A prompt is no music. That it is on the account at all is proven with the references. */
export async function holdMusicFailure(sql: Transaction, scope: AccountScope, { holdMusicId }: CallQueue): Promise<ApiFailure | undefined> {
  if (holdMusicId === undefined) return undefined
  const media = await findMedia(sql, scope, holdMusicId)
  return media === undefined || media.attributes.mediaType === 'HoldMusic' ? undefined : invalidField('holdMusic', 'is a prompt', 'hold music')
}

/** Skills are words: nobody means another one by another case. */
function skillOf(given: string): string {
  return given.trim().toLowerCase()
}

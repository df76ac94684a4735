import Type from 'typebox'
import { type ConfigurationObject, fittingExtension } from '../account-objects/index.ts'
import { givenMember, memberProperties, membersBody, overflowFailure, RING_STRATEGIES, ringingGroupProperties } from '../call-destinations/index.ts'
import { named, oneOf } from '../http/index.ts'
import { type CallQueue, callQueueOf, callQueueReferences, holdMusicFailure } from './call-queue.ts'

const MAX_AGENTS = 500
const Skills = Type.Array(Type.String({ minLength: 1, maxLength: 64, pattern: '\\S' }), { maxItems: 50 })
const shape = { ...ringingGroupProperties, holdMusic: Type.Optional(Type.String({ maxLength: 64 })) }
const seconds = (minimum: number, maximum: number) => Type.Optional(Type.Integer({ minimum, maximum }))
const CallQueueBody = named(
  'CallQueueRequest',
  Type.Object({
    ...shape,
    strategy: Type.Optional(oneOf(RING_STRATEGIES)),
    agents: membersBody({ penalty: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })), skills: Type.Optional(Skills) }, MAX_AGENTS),
    requiredSkills: Type.Optional(Skills),
    maxWaitTime: seconds(10, 7200),
    maxCallers: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    ringTimeout: seconds(5, 120),
    wrapUpTime: seconds(0, 600),
    positionAnnouncements: Type.Optional(Type.Boolean()),
    announcementInterval: seconds(10, 600),
    callbackEnabled: Type.Optional(Type.Boolean()),
  }),
)
const CallQueueView = named(
  'CallQueue',
  Type.Object({
    id: Type.String(),
    partitionId: Type.String(),
    accountId: Type.String(),
    ...shape,
    strategy: oneOf(RING_STRATEGIES),
    agents: Type.Array(Type.Object({ ...memberProperties, penalty: Type.Integer(), skills: Type.Array(Type.String()) })),
    requiredSkills: Type.Array(Type.String()),
    maxWaitTime: Type.Integer(),
    maxCallers: Type.Integer(),
    ringTimeout: Type.Integer(),
    wrapUpTime: Type.Integer(),
    positionAnnouncements: Type.Boolean(),
    announcementInterval: Type.Integer(),
    callbackEnabled: Type.Boolean(),
  }),
)

/** How queues are stored and seen. */
export const callQueues: ConfigurationObject<typeof CallQueueBody, CallQueue> = {
  type: 'CALL_QUEUE',
  idForm: 'short',
  historyType: 'CALL_QUEUE',
  eventName: 'call-queue',
  nameOf: (queue) => queue.name,
  references: callQueueReferences,
  keys: ({ name, extension }) => ({ 'name:CALL_QUEUE': name.toLowerCase(), ...(extension === undefined ? {} : { extension }) }),
  check: async (change, scope, queue, id) =>
    (await fittingExtension(change, scope, queue.extension)) ??
    (await holdMusicFailure(change.sql, scope, queue)) ??
    (await overflowFailure(change.sql, scope, { type: 'CALL_QUEUE', id }, queue.overflow)),
  limit: 500,
  path: 'call-queue',
  parameter: 'queueId',
  tag: 'Call Queue',
  noun: 'a call queue',
  permission: 'EU_Account',
  createStatus: 201,
  deleteStatus: 204,
  body: CallQueueBody,
  view: CallQueueView,
  read: callQueueOf,
  bodyOf,
  viewOf: ({ id, partitionId, accountId, attributes }) => ({ id, partitionId, accountId, ...bodyOf(attributes) }),
}

function bodyOf({
  agents,
  maxWaitSeconds,
  ringTimeoutSeconds,
  wrapUpSeconds,
  announcementIntervalSeconds,
  holdMusicId,
  offersCallback = false,
  ...same
}: CallQueue) {
  return {
    ...same,
    agents: agents.map((agent) => ({ ...givenMember(agent), penalty: agent.penalty, skills: [...agent.skills] })),
    maxWaitTime: maxWaitSeconds,
    ringTimeout: ringTimeoutSeconds,
    wrapUpTime: wrapUpSeconds,
    announcementInterval: announcementIntervalSeconds,
    callbackEnabled: offersCallback,
    holdMusic: holdMusicId,
  }
}

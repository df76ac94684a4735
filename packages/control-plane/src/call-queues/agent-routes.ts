import { err, ok } from '@dialtone/foundation'
import Type from 'typebox'
import { type AccountScope, actorOf } from '../access/index.ts'
import { configuredObject, findObject } from '../account-objects/index.ts'
import { givenMember, memberProperties } from '../call-destinations/index.ts'
import type { Context } from '../context.ts'
import { entityNotFound } from '../failures/index.ts'
import { accountOperation, named, oneOf, type Operation } from '../http/index.ts'
import type { CallQueue } from './call-queue.ts'
import { changeDuty } from './change-duty.ts'
import { AGENT_STATES, type AgentStatus, agentStatuses, linesOfAgents } from './queue-status.ts'

const QUEUE = '/v2/partition/:partitionId/account/:accountId/call-queue/:queueId'
const TAG = 'Call Queue'
const id = Type.String({ maxLength: 64 })
const QueuePath = Type.Object({ partitionId: Type.String(), accountId: Type.String(), queueId: id })
const AgentPath = Type.Object({ partitionId: Type.String(), accountId: Type.String(), queueId: id, agentId: id })
const date = Type.String({ format: 'date-time' })

const AgentView = named(
  'QueueAgent',
  Type.Object({
    ...memberProperties,
    penalty: Type.Integer(),
    state: oneOf(AGENT_STATES),
    /** Left out when it is longer than is known. */
    since: Type.Optional(date),
    /** Without a registered phone nobody is rung, whatever the state. */
    registered: Type.Boolean(),
  }),
)
const StatusView = named(
  'CallQueueStatus',
  Type.Object({
    id: Type.String(),
    callsWaiting: Type.Integer(),
    longestWaitSeconds: Type.Integer(),
    /** Callers who have hung up, keep their place and are called back. */
    callbacksWaiting: Type.Integer(),
    /** Agents that are logged in, paused ones too: without any, callers go to the overflow. */
    agentsLoggedIn: Type.Integer(),
    agents: Type.Array(AgentView),
  }),
)

export const agentOperations: readonly Operation[] = [
  accountOperation({
    method: 'GET',
    path: `${QUEUE}/status`,
    tag: TAG,
    summary: 'Who waits in a call queue now, and what its agents do',
    requires: { permission: 'EU_Account', level: 'READ' },
    params: QueuePath,
    responses: { 200: StatusView },
    handle: async (context, { scope, params }) => {
      const status = await statusOf(context, scope, params.queueId)
      return status === undefined ? err(entityNotFound('CallQueue', params.queueId)) : ok({ status: 200, body: status })
    },
  }),
  accountOperation({
    method: 'PUT',
    path: `${QUEUE}/agent/:agentId`,
    tag: TAG,
    summary: 'Log an agent in to a call queue, out of it, or let it pause',
    requires: { permission: 'EU_Account', level: 'EDIT' },
    params: AgentPath,
    body: named('QueueAgentRequest', Type.Object({ state: oneOf(['AVAILABLE', 'PAUSED', 'LOGGED_OUT']) })),
    responses: { 200: AgentView },
    handle: async (context, { principal, scope, params: { queueId, agentId }, body }) => {
      const change = { queueIds: [queueId], agentIds: [agentId], duty: body.state }
      const changed = await changeDuty(context, actorOf(principal), scope, change)
      if (!changed.ok) return changed
      const status = await statusOf(context, scope, queueId)
      const agent = status?.agents.find((one) => (one.userId ?? one.lineId) === agentId)
      return agent === undefined ? err(entityNotFound('Agent', agentId)) : ok({ status: 200, body: agent })
    },
  }),
]

async function statusOf(context: Context, scope: AccountScope, queueId: string) {
  const row = await findObject(context.database.sql, scope, { type: 'CALL_QUEUE', id: queueId })
  if (row === undefined) return undefined
  const queue = configuredObject<CallQueue>(row).attributes
  const lineIdsOf = linesOfAgents(context.directory, scope.accountId)
  const now = await context.calls.queueNow(queueId, queue.agents.flatMap(lineIdsOf))
  const nowMs = context.clock.nowMs()
  const agents = agentStatuses(queue, { now, lineIdsOf, registrations: context.registrations, nowMs })
  return {
    id: queueId,
    callsWaiting: now.waiting,
    longestWaitSeconds: now.oldestSinceMs === undefined ? 0 : Math.max(0, Math.floor((nowMs - now.oldestSinceMs) / 1000)),
    callbacksWaiting: now.callbacks,
    agentsLoggedIn: agents.filter(({ state }) => state !== 'LOGGED_OUT').length,
    agents: agents.map(agentView),
  }
}

function agentView({ agent, state, sinceMs, registered }: AgentStatus) {
  const since = sinceMs === undefined ? {} : { since: new Date(sinceMs).toISOString() }
  return { ...givenMember(agent), penalty: agent.penalty, state, ...since, registered }
}

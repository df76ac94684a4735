import type { ServiceAnswer, ServiceQuestion, ServiceTenant } from '@dialtone/softswitch'
import { SYSTEM_ACTOR, systemScope } from '../access/index.ts'
import { changeDuty } from '../call-queues/index.ts'
import type { Context } from '../context.ts'

/** An agent has dialed the star code that logs it in to its queues, out, or lets it pause. */
export async function askQueue(
  context: Context,
  { partitionId, accountId }: ServiceTenant,
  { queueIds, agentIds, duty }: Extract<ServiceQuestion, { kind: 'queue.agent' }>,
): Promise<ServiceAnswer> {
  const changed = await changeDuty(context, SYSTEM_ACTOR, systemScope(partitionId, accountId), { queueIds, agentIds, duty })
  return { kind: 'done', ok: changed.ok }
}

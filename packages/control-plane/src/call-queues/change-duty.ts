import type { AgentDuty } from '@dialtone/call-routing'
import { err, ok, type Result } from '@dialtone/foundation'
import type { AccountScope, Actor } from '../access/index.ts'
import { reviseObject } from '../account-objects/index.ts'
import { lockAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import type { CallQueue } from './call-queue.ts'
import { callQueues } from './call-queue-object.ts'

export interface DutyChange {
  readonly queueIds: readonly string[]
  /** A user and its line when a phone says so: a queue knows the one or the other. */
  readonly agentIds: readonly string[]
  readonly duty: AgentDuty
}

/** Agents log in to queues, out, or pause; in all of the queues named or in none. The next decision knows of it, and so does the one after a restart. */
export function changeDuty(
  context: Context,
  actor: Actor,
  scope: AccountScope,
  { queueIds, agentIds, duty }: DutyChange,
): Promise<Result<undefined, ApiFailure>> {
  return write(context, actor, async (change) => {
    await lockAccount(change.sql, scope)
    const since = change.now.toISOString()
    for (const queueId of queueIds) {
      const revised = await reviseObject(change, scope, callQueues, queueId, (before): Result<CallQueue, ApiFailure> => {
        if (!before.agents.some(({ id }) => agentIds.includes(id))) return err(entityNotFound('Agent', agentIds[0] ?? ''))
        const agents = before.agents.map((agent) =>
          agentIds.includes(agent.id) && agent.duty?.state !== duty ? { ...agent, duty: { state: duty, since } } : agent,
        )
        return ok({ ...before, agents })
      })
      if (!revised.ok) return revised
    }
    return ok(undefined)
  })
}

import type { CallScene } from '../call-scene.ts'
import { lastAttemptAt } from '../call-scene.ts'
import { callerToInside } from '../originating/caller-identity.ts'
import { agentsOf } from '../queue.ts'
import { reject, rejectAfterRing } from '../reject.ts'
import type { Progress, ServiceDestination } from './destination.ts'

/** A queue of the account takes the call: the caller waits there for an agent (S0-49, S0-50). */
export function enterQueue(scene: CallScene, { to, calledNumber, diversion }: ServiceDestination): Progress {
  const { facts, snapshot, trace } = scene
  const queue = snapshot.services.queues.get(to.referenceId)
  if (queue === undefined || facts.canServe === false) {
    trace.note('queue', queue === undefined ? 'does not exist' : 'skipped: this switch has no services', { callQueueId: to.referenceId })
    return { verdict: reject('DestinationNotAvailable') }
  }
  const target = `queue:${queue.id}`
  const attempt = lastAttemptAt(target, facts.trail)
  if (attempt !== undefined) return { verdict: rejectAfterRing(attempt) }
  trace.note('queue', 'the caller waits', { callQueueId: queue.id, name: queue.name, maxWaitSeconds: queue.maxWaitSeconds })
  const service = { kind: 'queue', queue, agents: agentsOf(queue.id) } as const
  return { verdict: { kind: 'serve', service, target, userId: undefined, caller: callerToInside(scene), calledNumber, diversion } }
}

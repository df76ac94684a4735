import type { CallScene } from '../call-scene.ts'
import { lastAttemptAt } from '../call-scene.ts'
import { callerToInside } from '../originating/caller-identity.ts'
import { agentsOf, isStaffed } from '../queue.ts'
import type { RoutingQueue } from '../queue.ts'
import { reject, rejectAfterRing } from '../reject.ts'
import type { Progress, ServiceDestination } from './destination.ts'
import { goOnTo } from './go-on-to.ts'

/** A queue of the account takes the call: the caller waits there for an agent (S0-49, S0-50). */
export function enterQueue(scene: CallScene, destination: ServiceDestination): Progress {
  const { to, calledNumber, diversion } = destination
  const { facts, snapshot, trace } = scene
  const queue = snapshot.services.queues.get(to.referenceId)
  if (queue === undefined || facts.canServe === false) {
    trace.note('queue', queue === undefined ? 'does not exist' : 'skipped: this switch has no services', { callQueueId: to.referenceId })
    return { verdict: reject('DestinationNotAvailable') }
  }
  const target = `queue:${queue.id}`
  const attempt = lastAttemptAt(target, facts.trail)
  if (attempt !== undefined) return { verdict: rejectAfterRing(attempt) }
  if (!isStaffed(queue)) return overflowOf(scene, queue, destination)
  trace.note('queue', 'the caller waits', { callQueueId: queue.id, name: queue.name, maxWaitSeconds: queue.maxWaitSeconds })
  const service = { kind: 'queue', queue, agents: agentsOf(queue.id) } as const
  return { verdict: { kind: 'serve', service, target, userId: undefined, caller: callerToInside(scene), calledNumber, diversion } }
}

/** Nobody would ever take the call: it goes on at once, or is told so. */
function overflowOf(scene: CallScene, queue: RoutingQueue, { calledNumber, diversion }: ServiceDestination): Progress {
  const target = `queue:${queue.id}`
  scene.trace.note('queue', 'no agent is logged in', { callQueueId: queue.id, name: queue.name, agents: queue.agents.length })
  const attempt = { target, outcome: 'unregistered', statusCode: 480 } as const
  if (queue.overflow !== undefined || scene.facts.canServe === false) {
    return goOnTo(scene, queue.overflow, { id: queue.id, calledNumber, reason: 'unregistered' }, attempt)
  }
  const service = { kind: 'announcement', promptId: 'not-available-now', isAnswered: false, next: undefined } as const
  return { verdict: { kind: 'serve', service, target, userId: undefined, caller: callerToInside(scene), calledNumber, diversion } }
}

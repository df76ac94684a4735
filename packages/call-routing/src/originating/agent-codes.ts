import { lastAttemptAt } from '../call-scene.ts'
import type { CallScene } from '../call-scene.ts'
import type { AgentDuty, RoutingQueue } from '../queue.ts'
import { reject, rejectAfterRing } from '../reject.ts'
import type { RouteVerdict } from '../route-decision.ts'
import { callerToInside } from './caller-identity.ts'

/** What agents of queues dial (GroupLoginLogout of public-spec section 12). */
const DUTIES: ReadonlyMap<string, AgentDuty> = new Map([
  ['*45', 'AVAILABLE'],
  ['*46', 'LOGGED_OUT'],
  ['*47', 'PAUSED'],
  ['*48', 'AVAILABLE'],
])
/** Who goes on after a pause goes on where it paused: it logs in nowhere. */
const RESUMES = '*48'

/**
 * A phone of an agent logs in (*45), out (*46), pauses (*47) or goes on (*48): in the queue whose extension follows, or in all it works for.
 * @returns undefined when the code is another one
 */
export function enterAgentCode(scene: CallScene, code: string, rest: string): RouteVerdict | undefined {
  const { snapshot, trace, caller, facts } = scene
  const duty = DUTIES.get(code)
  if (duty === undefined || facts.canServe === false || caller.kind !== 'line') return undefined
  const agentIds = [...(caller.user === undefined ? [] : [caller.user.id]), caller.line.id]
  const meant = rest === '' ? [...snapshot.services.queues.values()] : queueAt(scene, rest)
  const queueIds = meant.filter((queue) => queue.agents.some((agent) => agentIds.includes(agent.id) && isChanged(agent.duty, code))).map(({ id }) => id)
  trace.note('agent-code', queueIds.length === 0 ? 'is no agent there, or not logged in' : duty, { code, extension: rest, queueIds })
  if (rest !== '' && meant.length === 0) return reject('UnknownExtension')
  const target = `feature:${code}`
  const attempt = lastAttemptAt(target, facts.trail)
  if (attempt !== undefined) return rejectAfterRing(attempt)
  return {
    kind: 'serve',
    service: { kind: 'switch-agent', queueIds, agentIds, duty },
    target,
    userId: caller.user?.id,
    caller: callerToInside(scene),
    calledNumber: `${code}${rest}`,
    diversion: undefined,
  }
}

/** One code for both: who is logged in somewhere logs out, and else in. */
export function toggleAgent(scene: CallScene, rest: string): RouteVerdict | undefined {
  const { caller, snapshot } = scene
  if (caller.kind !== 'line') return undefined
  const ids = [caller.user?.id, caller.line.id]
  const isOn = [...snapshot.services.queues.values()].some(({ agents }) => agents.some(({ id, duty }) => ids.includes(id) && duty !== 'LOGGED_OUT'))
  return enterAgentCode(scene, isOn ? '*46' : '*45', rest)
}

function queueAt({ snapshot }: CallScene, extension: string): readonly RoutingQueue[] {
  const target = snapshot.services.targetByExtension.get(extension)
  const queue = target?.referenceType === 'CALL_QUEUE' ? snapshot.services.queues.get(target.referenceId) : undefined
  return queue === undefined ? [] : [queue]
}

function isChanged(duty: AgentDuty, code: string): boolean {
  return duty !== 'LOGGED_OUT' || (code !== RESUMES && code !== '*47')
}

import type { CallEvent } from './call-event.ts'
import { act, changeLeg, go, isAwaited, legOf, MAX_LEGS, nextLegNumber } from './call-state.ts'
import type { LegState, Step } from './call-state.ts'

type Of<Type extends CallEvent['type']> = Extract<CallEvent, { type: Type }>

/** A phone that sends on to a phone that sends on … : no further than that. */
const MAX_REDIRECTIONS = 5

/**
 * A phone of ours forwards by itself, with 3xx: followed within its account only (RFC 3261 8.1.3.4 leaves it to us), so that no
 * phone can make the account call the world. What carriers redirect to is not followed: they are paid for finding the way.
 * @returns undefined when the 3xx is a refusal like others
 */
export function askRedirection(step: Step, leg: LegState, event: Of<'legRejected'>): Step | undefined {
  const { statusCode, contacts = [] } = event
  const { lineId, redirections = 0 } = leg.plan
  if (statusCode < 300 || statusCode >= 400 || contacts.length === 0 || lineId === undefined || redirections >= MAX_REDIRECTIONS) return undefined
  return act(step, { type: 'askRedirection', legId: leg.id, statusCode, contacts, lineId })
}

/**
 * The phones it leads to ring beside those that ring already, for what is left of the time.
 * @returns undefined when it leads nowhere
 */
export function onRedirected(step: Step, event: Of<'redirected'>): Step | undefined {
  const { legId, statusCode } = event
  const leg = legOf(step.state, legId)
  if (leg === undefined || leg.phase === 'over') return step
  const { legs } = step.state
  // Who rings already, or rang in vain, is not asked again: redirections in a circle end here.
  const isNew = ({ requestUri }: LegState['plan']) => !legs.some((other) => other.attempt === leg.attempt && other.plan.requestUri === requestUri)
  const plans = isAwaited(step, leg) ? event.plans.filter(isNew).slice(0, Math.max(0, MAX_LEGS - legs.length)) : []
  if (plans.length === 0) return undefined
  const redirections = (leg.plan.redirections ?? 0) + 1
  let next = changeLeg(step, legId, { phase: 'over', statusCode })
  for (const given of plans) {
    const plan = { ...given, redirections }
    const id = `b${nextLegNumber(next.state)}`
    const added: LegState = { id, attempt: leg.attempt, plan, phase: 'starting', statusCode: 0, local: false, earlySdp: undefined }
    next = go(next, { legs: [...next.state.legs, added] }, { type: 'startLeg', legId: id, plan })
  }
  return next
}

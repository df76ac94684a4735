import { interpretDialedDigits } from '@dialtone/numbering'
import { createDecisionTrace } from './decision-trace.ts'
import type { DecisionTrace } from './decision-trace.ts'
import { NO_CALL_WAITING } from './dial-plan/apply-rule.ts'
import { followDestination } from './destinations/follow-destination.ts'
import { readWritten } from './destinations/read-target.ts'
import { hopLimitOf } from './hop-limit.ts'
import { decideEmergency } from './originating/decide-emergency.ts'
import { decideOriginating } from './originating/decide-originating.ts'
import { reject } from './reject.ts'
import type { RouteDecision, RouteVerdict } from './route-decision.ts'
import type { RouteFacts } from './route-facts.ts'
import type { RoutingSnapshot } from './routing-snapshot.ts'
import { decideCallback } from './terminating/decide-callback.ts'
import { decideContinuing, decideTerminating } from './terminating/decide-terminating.ts'

/**
 * Where a call goes now. Asked when the call begins and again, with what was tried added to the trail, whenever a try ends
 * without an answer, until it rejects. Depends on its arguments only and changes none of them: the same question explains a
 * call, replays it, and routes it.
 */
export function decideRoute(snapshot: RoutingSnapshot, facts: RouteFacts): RouteDecision {
  const trace = createDecisionTrace()
  const verdict = decideEmergency(snapshot, facts, trace) ?? decideCallback(snapshot, facts, trace) ?? decideOrdinary(snapshot, facts, trace)
  if (verdict.kind === 'reject') trace.note('reject', verdict.code, { statusCode: verdict.statusCode })
  const disablesCallWaiting = trace.steps.some(({ rule }) => rule === NO_CALL_WAITING)
  return { ...verdict, steps: trace.steps, ...(disablesCallWaiting ? { disablesCallWaiting } : {}) }
}

function decideOrdinary(snapshot: RoutingSnapshot, facts: RouteFacts, trace: DecisionTrace): RouteVerdict {
  const limit = hopLimitOf(facts)
  if (facts.trail.length >= limit) {
    trace.note('hop-limit', 'reached', { limit })
    return reject('HopLimit')
  }
  trace.note('account-status', snapshot.accountStatus)
  if (snapshot.accountStatus !== 'ACTIVE' && !isLifelineDialed(snapshot, facts)) return reject('AccountBlocked')
  if (facts.call.direction === 'continuing') {
    const caller = { kind: 'outside', identity: facts.call.caller } as const
    return decideContinuing({ snapshot, facts, caller, trace }, facts.call)
  }
  if (facts.call.direction === 'terminating') {
    const caller = { kind: 'outside', identity: facts.call.caller } as const
    return decideTerminating({ snapshot, facts, caller, trace }, facts.call)
  }
  if (facts.call.fromNumber !== undefined) return decideForNumber(snapshot, facts, trace, { fromNumber: facts.call.fromNumber, dialed: facts.call.dialed })
  const line = snapshot.lines.get(facts.call.fromLineId)
  trace.note('line', line?.adminState ?? 'unknown to the account', { lineId: facts.call.fromLineId })
  if (line === undefined) return reject('UnknownLine')
  if (line.adminState !== 'ACTIVE' && !isLifelineDialed(snapshot, facts)) return reject('LineInactive')
  const user = line.userId === undefined ? undefined : snapshot.users.get(line.userId)
  return decideOriginating({ snapshot, facts, caller: { kind: 'line', line, user }, trace }, facts.call.dialed)
}

/** The platform calls for a number of the account: what was written is a number, and means the same whatever the account dials by. */
function decideForNumber(
  snapshot: RoutingSnapshot,
  facts: RouteFacts,
  trace: DecisionTrace,
  { fromNumber, dialed }: { readonly fromNumber: string; readonly dialed: string },
): RouteVerdict {
  const own = snapshot.numbers.get(fromNumber)
  trace.note('caller-number', own === undefined ? 'no number of the account' : 'a number of the account', { fromNumber })
  if (own === undefined) return reject('UnknownLine')
  const destination = readWritten(snapshot, dialed, undefined)
  if (destination === undefined) return reject('NotAllowedByDialPlan')
  const caller = { kind: 'outside', identity: { number: own.number, name: own.callerName ?? '', anonymous: false } } as const
  return followDestination({ snapshot, facts, caller, trace }, destination)
}

/** The Suicide & Crisis Lifeline: every call to 988 is to be carried (47 CFR 52.201). It costs nobody anything. */
function isLifelineDialed(snapshot: RoutingSnapshot, { call }: RouteFacts): boolean {
  if (call.direction !== 'originating') return false
  const { dialingBehavior: behavior, extensionLength, homeAreaCode } = snapshot
  const understood = interpretDialedDigits({ dialed: call.dialed, behavior, extensionLength, homeAreaCode, extensionExists: () => false })
  return understood.kind === 'service' && understood.code === '988'
}

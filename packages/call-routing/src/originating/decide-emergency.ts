import { recognizeEmergency } from '@dialtone/numbering'
import type { E164 } from '@dialtone/numbering'
import { selectEmergencyCarriers } from '../carrier-selection/select-carriers.ts'
import type { DecisionTrace } from '../decision-trace.ts'
import type { EmergencyVerdict } from '../route-decision.ts'
import type { RouteFacts } from '../route-facts.ts'
import type { RoutingLine, RoutingSnapshot, RoutingUser } from '../routing-snapshot.ts'
import { fallbackNumberOf } from './account-numbers.ts'
import { displayNameOf } from './caller-identity.ts'

/**
 * A call for help, decided before everything and whatever the state of account, line, plan, handling or trail (C-58, S0-78,
 * 47 CFR 9.16). Undefined for every other call.
 */
export function decideEmergency(snapshot: RoutingSnapshot, facts: RouteFacts, trace: DecisionTrace): EmergencyVerdict | undefined {
  if (facts.call.direction !== 'originating') return undefined
  const service = recognizeEmergency(facts.call.dialed)
  if (service === undefined) return undefined
  trace.note('emergency', 'decided before every other rule', { service, dialed: facts.call.dialed })
  const line = snapshot.lines.get(facts.call.fromLineId)
  const user = line?.userId === undefined ? undefined : snapshot.users.get(line.userId)
  const callbackNumber = callbackNumberOf(snapshot, facts, line, user, trace)
  const number = callbackNumber === undefined ? undefined : snapshot.numbers.get(callbackNumber)
  const location = number?.emergencyAddress
  trace.note('emergency.location', location === undefined ? 'no address is registered for the callback number' : 'address of the callback number')
  const carrierIds = selectEmergencyCarriers(snapshot, facts)
  trace.note('emergency.carriers', carrierIds.length === 0 ? 'none is left to try' : 'in this order', { carrierIds })
  // Privacy does not apply: the PSAP always sees who calls.
  const caller = { number: callbackNumber ?? '', name: number?.callerName ?? displayNameOf(user, line), anonymous: false }
  return { kind: 'emergency', service, carrierIds, callbackNumber, location, caller }
}

/**
 * The line's emergency number, else the user's caller ID (S1-95), else a number that reaches the caller, else one of the account.
 * One that has left the account would call back a stranger: it is only used when there is nothing better.
 */
function callbackNumberOf(
  snapshot: RoutingSnapshot,
  facts: RouteFacts,
  line: RoutingLine | undefined,
  user: RoutingUser | undefined,
  trace: DecisionTrace,
): E164 | undefined {
  const candidates = [
    { source: "the line's emergency number", number: line?.emergencyNumber },
    { source: 'the number the PBX sends', number: presentedNumberOf(snapshot, facts, line) },
    { source: "the line's caller ID", number: line?.callerId?.number },
    { source: "the user's caller ID", number: user?.callerIdNumber },
    { source: 'the first number of the user or the account', number: fallbackNumberOf(snapshot, line, user) },
  ]
  const own = candidates.find(({ number }) => number !== undefined && snapshot.numbers.has(number))
  const chosen = own ?? candidates.find(({ number }) => number !== undefined)
  trace.note('emergency.callback', chosen?.source ?? 'the account has no number', { callbackNumber: chosen?.number })
  return chosen?.number
}

function presentedNumberOf({ numbers }: RoutingSnapshot, { call }: RouteFacts, line: RoutingLine | undefined): E164 | undefined {
  const presented = call.direction === 'originating' && line?.trunk !== undefined ? call.presented?.number : undefined
  return presented !== undefined && numbers.has(presented) ? presented : undefined
}

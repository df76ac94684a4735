import { callInto } from '@dialtone/call-routing'
import type { CallCategory, RouteAttempt, RouteDecision, RouteVerdict } from '@dialtone/call-routing'
import { callFailure, routingFailure } from '../call-failure.ts'
import { askAuthorization } from './authorize-call.ts'
import type { CallEvent, RouteQuestion } from './call-event.ts'
import { act, go, MAX_HOPS, MAX_LEGS, nextLegNumber, startTimer, stopTimers } from './call-state.ts'
import type { AccountView, Attempt, CallState, LegState, Step } from './call-state.ts'
import { endSetup } from './end-call.ts'
import { answerFaxCall } from './fax-call.ts'
import { forwardsOf } from './forward-view.ts'
import { failSetup } from './join-events.ts'
import { lateness } from './late-legs.ts'
import { awaitBeside, startLegs, startOf } from './ring-beside.ts'
import { beginService, replaceService } from './service-events.ts'
import { beginTake } from './take-events.ts'
import { isServed } from './service-state.ts'

type Routed = Extract<CallEvent, { type: 'routed' }>
/** What an account had to do with the call from some moment on. */
type Learned = Pick<Routed, 'account' | 'forwardRecordId'> & { readonly atMs: number; readonly decision: RouteVerdict }

/** A decision came: ring somebody, ask the next account, or say no to the caller. */
export function onRouted(step: Step, event: Routed): Step {
  if (step.state.phase !== 'setup') return step
  const { decision } = event
  const forwards = forwardsOf(step.state, event)
  const noCallWaiting = decision.disablesCallWaiting === true ? { disablesCallWaiting: true as const } : {}
  const changes = {
    ...noCallWaiting,
    hops: step.state.hops + 1,
    accounts: viewOf(step.state, event),
    ...(forwards === undefined ? {} : { forwards }),
    ...passedThrough(step.state, decision),
  }
  if (decision.kind === 'reject') {
    const failure = routingFailure(decision.code, decision.statusCode, decision.reasonPhrase)
    const { refusal } = step.state
    // The caller hears the other network's own words when the answer is the other network's.
    const reason = refusal?.statusCode === decision.statusCode ? refusal.reason : undefined
    const last = step.state.trail.at(-1)?.outcome
    return failSetup(go(step, changes), { atMs: event.atMs, failure, toCaller: reason, hangupBy: last === 'busy' || last === 'declined' ? 'callee' : 'system' })
  }
  if (step.state.faxCall !== undefined && (decision.kind === 'take' || decision.kind === 'serve')) return answerFaxCall(step, changes, decision, event.atMs)
  if (decision.kind === 'take' && step.state.service === undefined) return beginTake(step, changes, decision, event.atMs)
  if (decision.kind === 'serve' && step.state.service?.isSentOn === true) return replaceService(step, changes, decision, event.atMs)
  if (decision.kind === 'serve' || decision.kind === 'take') {
    // Whom a program rings is a person: another program would be no answer.
    return step.state.service === undefined && decision.kind === 'serve'
      ? beginService(step, changes, decision, event.atMs)
      : failSetup(step, { atMs: event.atMs, failure: callFailure('NoAnswer'), hangupBy: 'system' })
  }
  if (decision.kind === 'ring' || decision.kind === 'emergency') return beginAttempt(step, changes, event, decision)
  const routed = go(step, changes)
  return askAuthorization(routed, event) ?? proceedRouted(routed, event)
}

/** What costs something, once whoever pays has said yes: the next account, or a carrier. */
export function proceedRouted(step: Step, event: Routed): Step {
  const { decision } = event
  if (decision.kind === 'on-net') {
    const crossed = go(step, { onNetHops: step.state.onNetHops + 1 })
    return ask(crossed, { accountId: decision.accountId, call: callInto(decision, step.state.question.call) }, event.atMs, { entering: true })
  }
  return decision.kind === 'carrier' ? beginAttempt(step, {}, event, decision) : step
}

/** Asks for a decision, unless the call has gone round too often. */
export function ask(step: Step, question: RouteQuestion, atMs: number, how: { readonly entering?: true } = {}): Step {
  if (step.state.hops >= MAX_HOPS) return failSetup(step, { atMs, failure: callFailure('HopLimit'), hangupBy: 'system' })
  const { trail, onNetHops } = step.state
  const asked = { type: 'askRoute', question, trail, hopLimit: MAX_HOPS - onNetHops, ...how } as const
  const isFirst = step.state.question === question && step.state.attempt === undefined
  return isFirst ? act(step, asked) : go(step, { question, attempt: undefined }, asked)
}

type Destination = Extract<RouteDecision, { kind: 'ring' | 'carrier' | 'emergency' }>

/** @param changes what else the decision changes */
function beginAttempt(step: Step, changes: Partial<CallState>, event: Routed, decision: Destination): Step {
  const number = (step.state.attempt?.number ?? lastAttempt(step.state)) + 1
  const attempt: Attempt = {
    number,
    place: placeInTrail(decision),
    kind: decision.kind,
    ringsSeveral: decision.kind === 'ring' && decision.ringsSeveral === true,
    timeoutMs: decision.kind === 'ring' ? decision.timeoutMs : undefined,
    carrierSetupTimeoutMs: setupTimeoutOf(step.state, decision),
    earlyMediaLegId: undefined,
    progressSent: 0,
  }
  const { media } = step.state
  const begun = { ...changes, attempt, emergency: step.state.emergency ?? emergencyOf(decision) }
  const room = Math.max(0, MAX_LEGS - step.state.legs.length)
  const planned = event.plans.slice(0, room).map((plan, index): LegState => {
    const id = `b${nextLegNumber(step.state) + index}`
    return {
      id,
      attempt: number,
      plan: attempt.carrierSetupTimeoutMs === undefined ? plan : { ...plan, isReplaceable: true },
      phase: 'planned',
      statusCode: 0,
      local: false,
      earlySdp: undefined,
    }
  })
  if (planned.length === 0) return reportEmergency(failUnreachable(go(step, begun), decision, event.atMs))
  const legs = [...step.state.legs, ...planned]
  // Those before may have gone past us; what comes now has to pass.
  const mustAnchor = media === 'open' && step.state.isUnanchored === true && planned.some(({ plan }) => plan.mustAnchor === true)
  if (media === 'closed' || mustAnchor) return go(step, { ...begun, legs, media: 'opening' }, { type: 'openMedia' })
  const withLegs = go(step, { ...begun, legs })
  return media === 'open' ? startPlannedLegs(withLegs, event.atMs) : withLegs
}

/** How long a route for emergency calls may be silent while there is another one: somebody is waiting for help (47 CFR 9.11). */
const EMERGENCY_SETUP_TIMEOUT_MS = 5_000

function setupTimeoutOf({ times }: CallState, decision: Destination): number | undefined {
  // On the last carrier nothing is gained by giving up early.
  if (decision.kind === 'ring' || decision.carrierIds.length <= 1) return undefined
  return decision.kind === 'emergency' ? Math.min(EMERGENCY_SETUP_TIMEOUT_MS, times.carrierSetupTimeoutMs) : times.carrierSetupTimeoutMs
}

/** No phone is registered, the carrier is not known here, or every carrier has been tried. */
function failUnreachable(step: Step, decision: Destination, atMs: number): Step {
  if (decision.kind === 'ring') return failAttempt(step, 'unregistered', 480, atMs)
  if (decision.carrierIds.length > 0) return failAttempt(step, 'failed', 503, atMs)
  return failSetup(step, { atMs, failure: callFailure('NoCarrier'), hangupBy: 'system' })
}

function lastAttempt(state: CallState): number {
  return state.legs.at(-1)?.attempt ?? 0
}

/** The media session is there: every planned leg goes out that does not wait for its time, then the timers of the attempt run. */
export function startPlannedLegs(step: Step, atMs: number): Step {
  const isHeard = step.state.service === undefined && isServed(step.state) && step.state.legs.some((leg) => leg.phase === 'planned')
  const started = startLegs(step, atMs, (leg) => startOf(leg) === 0)
  let next = isHeard ? act(started, { type: 'playOwnRingback' }) : started
  const attempt = step.state.attempt
  if (attempt?.timeoutMs !== undefined) next = startTimer(next, 'ring', attempt.timeoutMs)
  if (attempt?.carrierSetupTimeoutMs !== undefined) next = startTimer(next, 'carrierSetup', attempt.carrierSetupTimeoutMs)
  return reportEmergency(awaitBeside(next, attempt, 0))
}

/** Notification comes after the legs, and once (S0-73, 47 CFR 9.16(b)(2)). */
function reportEmergency(step: Step): Step {
  const { emergency } = step.state
  if (emergency === undefined || emergency.reported) return step
  return go(step, { emergency: { ...emergency, reported: true } }, { type: 'reportEmergency' })
}

/** The destination could not be had: what now? The routing decides, knowing what was tried. */
export function failAttempt(step: Step, outcome: RouteAttempt['outcome'], statusCode: number, atMs: number): Step {
  const { attempt, trail, question } = step.state
  if (attempt === undefined) return step
  const stopped = stopTimers(step, 'ring', 'carrierSetup', 'beside')
  // The transferor does not answer either: there is nobody left to ask for.
  if (step.state.transfer.recalled) return endSetup(stopped, { atMs, failure: callFailure('NoAnswer'), hangupBy: 'system' })
  const tried: RouteAttempt = { ...attempt.place, outcome, statusCode, ...causeOf(step.state, statusCode) }
  return ask(go(stopped, { trail: [...trail, tried] }), question, atMs)
}

/** What the peer said of the network, as the routing counts on it (RFC 3326 2). */
function causeOf({ refusal }: CallState, statusCode: number): Pick<RouteAttempt, 'q850Cause'> {
  return refusal?.statusCode === statusCode ? causeIn(refusal.reason) : {}
}

export function causeIn(reason = ''): Pick<RouteAttempt, 'q850Cause'> {
  const cause = /^Q\.850\s*;(?:.*;)?\s*cause\s*=\s*(\d{1,3})\b/i.exec(reason)?.[1]
  return cause === undefined ? {} : { q850Cause: Number(cause) }
}

function passedThrough({ through = [] }: CallState, decision: RouteVerdict): Pick<CallState, 'through'> {
  const target = decision.kind === 'ring' || decision.kind === 'serve' ? decision.target : ''
  const id = /^(?:huntgroup|queue):([^/]+)/.exec(target)?.[1]
  return id === undefined || through.includes(id) ? {} : { through: [...through, id] }
}

/** What a destination is called in the trail. */
export function placeInTrail(decision: Extract<RouteVerdict, { kind: Destination['kind'] }>): Pick<RouteAttempt, 'target' | 'number'> {
  if (decision.kind === 'ring') return { target: decision.target }
  const target = `carrier:${decision.carrierIds[0] ?? ''}`
  return decision.kind === 'carrier' ? { target, number: decision.number } : { target }
}

function emergencyOf(decision: Destination): CallState['emergency'] {
  if (decision.kind !== 'emergency') return undefined
  const { service, callbackNumber, location, carrierIds } = decision
  return { service, callbackNumber, location, carrierIds, reported: false }
}

/** The accounts of the call, with what this decision says about the one that took it. Where the call has come back to, it has a view more. */
export function viewOf(state: CallState, event: Learned): readonly AccountView[] {
  const known = state.accounts.find((account) => account.recordId === event.account.recordId)
  const before = known ?? destinationView(state, event)
  const after: AccountView = { ...before, ...(event.forwardRecordId === undefined ? learned(before, event.decision) : learnedOfForward(before, event)) }
  return known === undefined ? [...state.accounts, after] : state.accounts.map((account) => (account === known ? after : account))
}

/** For its own record the call went to whoever sent it on. */
function learnedOfForward(view: AccountView, { decision }: Learned): Partial<AccountView> {
  if (decision.kind !== 'carrier' && decision.kind !== 'on-net') return {}
  const { diversion, caller } = decision
  // A group, or whoever of it rang last, has not sent it on.
  const { userId: calledUserId, lineId: calledLineId } =
    diversion === undefined ? { userId: view.calledUserId, lineId: view.calledLineId } : (diversion.payer ?? {})
  const calledNumber = view.role === 'origin' ? (diversion?.number ?? view.calledNumber) : view.calledNumber
  return {
    caller: view.caller ?? caller,
    calledNumber,
    calledUserId,
    calledLineId,
    destination: 'own',
    category: 'OnNet',
    carrierId: undefined,
    forwardedTo: decision.number,
  }
}

function destinationView(state: CallState, event: Learned): AccountView {
  const call = state.question.call
  const calledNumber = calledNumberOf(state.question)
  const caller = call.direction === 'terminating' ? call.caller : undefined
  return { ...event.account, role: 'destination', startedAtMs: event.atMs, caller, calledNumber, ...NOWHERE, ...lateness(state) }
}

export function calledNumberOf({ call }: RouteQuestion): string {
  return call.direction === 'originating' ? call.dialed : call.calledNumber
}

/** What is known of a destination before the first decision. */
export const NOWHERE = {
  destination: 'none',
  category: 'NotResolved',
  calledUserId: undefined,
  calledLineId: undefined,
  carrierId: undefined,
} as const

function learned(view: AccountView, decision: RouteVerdict): Partial<AccountView> {
  switch (decision.kind) {
    case 'reject':
      return {}
    case 'on-net': {
      const destination = decision.accountId === view.accountId ? 'own' : 'other'
      return { caller: decision.caller, calledNumber: decision.number, destination, category: 'OnNet', carrierId: undefined }
    }
    case 'take':
    case 'serve': {
      const { caller, calledNumber, userId: calledUserId } = decision
      return { caller, calledNumber, calledUserId, destination: 'own', category: 'OnNet', carrierId: undefined }
    }
    case 'ring': {
      // What it was sent on to could not be had.
      const back = view.forwardedTo === undefined ? {} : { forwardedTo: undefined }
      const calledLineId = decision.lineIds.length === 1 ? decision.lineIds[0] : undefined
      const { caller, calledNumber, userId: calledUserId } = decision
      return { caller, calledNumber, calledUserId, calledLineId, destination: 'own', category: 'OnNet', carrierId: undefined, ...back }
    }
    case 'carrier':
      return { caller: decision.caller, calledNumber: decision.number, destination: 'pstn', category: decision.category, carrierId: decision.carrierIds[0] }
    case 'emergency': {
      const category: CallCategory = decision.service === '933' ? 'EmergencyServicesVerification' : 'Emergency'
      return { caller: decision.caller, calledNumber: decision.service, destination: 'emergency', category, carrierId: decision.carrierIds[0] }
    }
  }
}

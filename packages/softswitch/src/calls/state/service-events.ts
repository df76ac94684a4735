import type { CallTarget, RouteAttempt, ServeVerdict } from '@dialtone/call-routing'
import { callFailure, reasonOf } from '../call-failure.ts'
import { failurePromptOf } from '../failure-prompt.ts'
import type { CallEvent } from './call-event.ts'
import { act, go, MAX_HOPS, startTimer, stopTimers, viewAt } from './call-state.ts'
import type { CallState, Step } from './call-state.ts'
import type { SetupEnd } from './end-call.ts'
import { FORWARD_ENDS } from './forward-view.ts'
import { answerLate, endLate } from './late-legs.ts'
import { isServed, stopService } from './service-state.ts'
import type { ServiceView } from './service-state.ts'
import { cancelLegs, endSetup, NORMAL_CLEARING } from './end-call.ts'
import { keyOfInfo } from './dtmf-events.ts'

type Of<Type extends CallEvent['type']> = Extract<CallEvent, { type: Type }>

/** The platform takes the call itself. */
export function beginService(step: Step, changes: Partial<CallState>, decision: ServeVerdict, atMs: number): Step {
  const { service: order, target } = decision
  const service: ServiceView = {
    order,
    target,
    caller: decision.caller,
    calledNumber: decision.calledNumber,
    accountId: step.state.question.accountId,
    userId: decision.userId,
    phase: 'opening',
  }
  return openMediaFor(go(step, { ...changes, service, attempt: undefined }), atMs)
}

function openMediaFor(begun: Step, atMs: number): Step {
  switch (begun.state.media) {
    case 'closed':
      return go(begun, { media: 'opening' }, { type: 'openMedia' })
    case 'opening':
      return begun
    case 'open':
      // Phones have rung past us: what follows goes through us.
      if (begun.state.isUnanchored === true) return go(begun, { media: 'opening' }, { type: 'openMedia' })
      return openService(begun, atMs)
  }
}

/** The media session is there: whoever calls is answered by our own end, unless it is talking to it already. */
export function openService(step: Step, atMs: number): Step {
  const { callerLeg, service, transfer, sessionId, offer, servedAtMs, faxCall } = step.state
  if (service?.phase !== 'opening') return step
  switch (callerLeg) {
    case 'early':
      if (service.order.kind === 'announcement' && !service.order.isAnswered && offer !== undefined) return act(step, { type: 'progressOwnEnd' })
      return act(step, { type: 'answerOwnEnd' })
    case 'lent': {
      if (transfer.origin === undefined) return step
      // A refusal with words: the transferor hears why, and keeps the party.
      if (service.order.kind === 'announcement' && !service.order.isAnswered) return onServiceEnded(step, { atMs, to: service.order.next })
      const message = { type: 'partyClaimed', bySessionId: sessionId, side: 'caller' } as const
      return act(step, { type: 'tellCall', sessionId: transfer.origin.fromSessionId, message })
    }
    case 'waiting': {
      // Of another account it may be.
      const served = servedAtMs === undefined ? beginServed(step, atMs) : answerLate(step, atMs)
      // A transferee that is just being asked to hear us begins when it does.
      return transfer.renegotiation === undefined ? runService(served) : served
    }
    case 'over':
      return faxCall === undefined || servedAtMs !== undefined ? step : faxToOwnLine(step, atMs)
    default:
      return step
  }
}

/** Our fax machine at one side, and our fax machine at the other: there is nobody to be answered, or to agree on T.38 with. */
function faxToOwnLine(step: Step, atMs: number): Step {
  return runService(go(beginServed(step, atMs), { fax: { isOffered: false, isAgreed: true } }, { type: 'sendFax', sdp: undefined }))
}

/** From now on it is a call that is going on, as long as any may. */
export function beginServed(step: Step, atMs: number): Step {
  const served = go(stopTimers(step, 'maxRing'), { servedAtMs: atMs, answeredAtMs: atMs }, { type: 'checkpointRecords' })
  return startTimer(served, 'maxCall', step.state.times.maxCallMs)
}

/** Our own end speaks with the caller: the program begins. */
export function runService(step: Step): Step {
  const { service } = step.state
  if (service?.phase !== 'opening') return step
  return go(step, { service: { ...service, phase: 'running' } }, { type: 'startService', service })
}

/** The caller was answered by our own end, or hears it before the answer. */
export function onOwnEndOpened(step: Step, { atMs, isAnswered }: Of<'ownEndOpened'>): Step {
  const { state } = step
  if (state.phase !== 'setup' || state.callerLeg !== 'early') return step
  if (!isAnswered) return runService(step)
  const timed = beginServed(go(step, { callerLeg: 'waiting' }), atMs)
  // RFC 3261 13.2.1: what the caller takes is in its ACK.
  return state.offer === undefined ? timed : runService(timed)
}

/** The ACK has the answer to an offer of our own end. */
export function onOwnEndAcknowledged(step: Step, { atMs, sdp }: Of<'acknowledged'>): Step {
  if (sdp === undefined) return endSetup(step, { atMs, failure: callFailure('BadSessionDescription'), hangupBy: 'system' })
  const { descriptions } = step.state
  return runService(go(step, { awaitsAnswerOf: undefined, descriptions: { ...descriptions, caller: sdp } }, { type: 'acceptOwnEnd', sdp }))
}

/** Hold and resume of somebody who talks to us alone. */
export function onServedReinvite(step: Step, { side, sdp }: Of<'reinvite'>): Step {
  if (step.state.awaitsAnswerOf !== undefined) return act(step, { type: 'rejectReinvite', to: side, statusCode: 491 })
  if (sdp === undefined) return go(step, { awaitsAnswerOf: side }, { type: 'offerInMix', to: side })
  return go(step, { descriptions: { ...step.state.descriptions, caller: sdp } }, { type: 'answerInMix', to: side, sdp })
}

/** A key for the program. @returns undefined when there is none that listens */
export function keyForService(step: Step, event: Of<'digit'> | Of<'info'>): Step | undefined {
  if (step.state.phase !== 'setup' || step.state.service === undefined || event.side !== 'caller') return undefined
  const key = event.type === 'digit' ? event.digit : keyOfInfo(event.contentType, event.body)?.digit
  if (key === undefined) return step
  const { lastRtpKey } = step.state
  if (event.type === 'info' && lastRtpKey?.digit === key && event.atMs - lastRtpKey.atMs < SAME_PRESS_MS) return step
  const heard = event.type === 'digit' ? go(step, { lastRtpKey: { side: event.side, digit: key, atMs: event.atMs } }) : step
  return act(heard, { type: 'keyForService', key })
}

/** Phones that are set to both ways send the two within a key press of each other. */
const SAME_PRESS_MS = 1_000

/** The program wants somebody to be rung; the caller goes on hearing what it hears. */
export function onServiceRing(step: Step, { to, timeoutMs }: Of<'serviceRing'>): Step {
  const { service } = step.state
  if (step.state.phase !== 'setup' || service?.phase !== 'running') return step
  return goOn(startTimer(go(step, { service: { ...service, phase: 'ringing' } }), 'serviceRing', timeoutMs), to, 0)
}

/**
 * An operator sends the caller on: where he waits he goes on waiting until somebody answers, or another program takes him. When nobody can be had he is
 * where he was.
 */
export function onSentOn(step: Step, { atMs, to }: Of<'sentOn'>): Step {
  const { service } = step.state
  if (service === undefined || !isServed(step.state)) return step
  const free = service.phase === 'ringing' ? stopRinging(step, service, atMs, GIVEN_UP) : step
  return goOn(startTimer(go(free, { service: { ...service, phase: 'ringing', isSentOn: true } }), 'serviceRing', SENT_ON_RING_MS), to, 0)
}

/** Longer than anything that rings by itself. */
const SENT_ON_RING_MS = 180_000
const GIVEN_UP = { disposition: 'CANCELLED', statusCode: 487, code: 'CallerCancelled' } as const

/** Another program takes whom an operator has sent on. */
export function replaceService(step: Step, changes: Partial<CallState>, decision: ServeVerdict, atMs: number): Step {
  return beginService(stopTimers(stopService(step), 'ring', 'carrierSetup', 'beside'), changes, decision, atMs)
}

/** The program is over: the caller goes on, or is hung up. */
export function onServiceEnded(
  step: Step,
  { atMs, to, code: given }: { readonly atMs: number; readonly to?: CallTarget | undefined; readonly code?: string },
): Step {
  const { service, phase, hops, faxCall } = step.state
  if (phase !== 'setup' || service === undefined) return step
  // Who sends has the last word: what was confirmed to him counts.
  if (faxCall !== undefined) return go(step, { service: undefined })
  const left = go(service.phase === 'ringing' ? stopRinging(step, service, atMs, GIVEN_UP) : step, { service: undefined })
  // Two full queues, or a queue and a menu, may be each other's way out.
  if (to !== undefined && hops >= MAX_HOPS) return endWithWords(left, { atMs, failure: callFailure('HopLimit'), hangupBy: 'system' })
  if (to !== undefined) return goOn(left, to, hops)
  const { order, failure } = service
  if (failure !== undefined) return endSetup(left, { atMs, failure, hangupBy: 'system', reason: reasonOf(failure) })
  const code = given ?? (order.kind === 'announcement' && !order.isAnswered ? (order.refusal ?? 'DestinationNotAvailable') : 'ServiceOver')
  return endSetup(left, { atMs, failure: callFailure(code), hangupBy: 'system', reason: NORMAL_CLEARING })
}

/** The call comes to nothing. Who has talked to a menu, a queue or a box does not expect silence: he hears why, and is hung up then. */
export function endWithWords(step: Step, end: SetupEnd): Step {
  const { state } = step
  // The account that speaks is the last that did.
  const view = state.accounts.findLast(({ isLate, answeredAtMs }) => isLate !== true || answeredAtMs !== undefined)
  if (!isServed(state) || state.service !== undefined || view === undefined) return endSetup(step, end)
  const { atMs, failure } = end
  const quiet = stopTimers(endLate(cancelLegs(step, end.reason ?? reasonOf(failure)), atMs, failure), 'ring', 'beside', 'carrierSetup')
  const { accountId, calledNumber } = view
  const caller = view.caller ?? { number: state.origin.number, name: state.origin.name, anonymous: false }
  const order = { kind: 'announcement', promptId: failurePromptOf(failure), isAnswered: true, next: undefined } as const
  const service: ServiceView = { order, target: '', caller, calledNumber, accountId, failure, phase: 'opening' }
  const question = { ...quiet.state.question, accountId }
  return openMediaFor(go(quiet, { service, question, attempt: undefined, awaitsAuthorization: undefined }), atMs)
}

function goOn(step: Step, to: CallTarget, hops: number): Step {
  const { service, question, accounts, legs } = step.state
  const view = viewAt(accounts, question.accountId)
  const caller = service?.caller ?? view?.caller ?? { number: step.state.origin.number, name: step.state.origin.name, anonymous: false }
  const call = { direction: 'continuing', to, caller, calledNumber: service?.calledNumber ?? view?.calledNumber ?? '' } as const
  const next = { accountId: question.accountId, call }
  // Legs that are over count for nothing any more; the last one keeps the number of the attempt.
  const kept = legs.filter((leg, index) => leg.phase !== 'over' || index === legs.length - 1)
  const legsBefore = (step.state.legsBefore ?? 0) + legs.length - kept.length
  const trail = [] as const
  return go(
    step,
    { hops, trail, question: next, attempt: undefined, legs: kept, legsBefore, refusal: undefined },
    { type: 'askRoute', question: next, trail, hopLimit: MAX_HOPS },
  )
}

/** Nobody answered whom the program rang: it hears why and goes on. @returns undefined when no program waits for it */
export function tellServiceOfFailure(step: Step, atMs: number): Step | undefined {
  const { service, trail } = step.state
  if (service?.phase !== 'ringing') return undefined
  return tellService(step, trail.at(-1)?.outcome ?? 'failed', atMs)
}

/** It rang as long as the program wanted. */
export function onServiceRingTimeout(step: Step, atMs: number): Step {
  return step.state.service?.phase === 'ringing' ? tellService(step, 'no-answer', atMs) : step
}

function tellService(step: Step, outcome: RouteAttempt['outcome'], atMs: number): Step {
  const { service } = step.state
  if (service === undefined) return step
  const ended = { ...FORWARD_ENDS[outcome], statusCode: step.state.trail.at(-1)?.statusCode ?? 480 }
  const quiet = stopRinging(step, service, atMs, ended)
  return go(quiet, { service: { ...service, phase: 'running', isSentOn: undefined }, attempt: undefined }, { type: 'tellService', outcome })
}

/** Nobody is rung for the program any more; what it rang may have led to another account. */
function stopRinging(step: Step, service: ServiceView, atMs: number, ended: Parameters<typeof endLate>[2]): Step {
  const quiet = stopTimers(endLate(cancelLegs(step, NORMAL_CLEARING), atMs, ended), 'ring', 'beside', 'carrierSetup', 'serviceRing')
  const { accounts, question } = quiet.state
  // What it was sent on to could not be had, and who rang has nothing to do with it.
  const served = viewAt(accounts, service.accountId)
  const calledUserId = service.userId
  const back = accounts.map((view) => (view === served ? { ...view, forwardedTo: undefined, calledUserId, calledLineId: undefined } : view))
  return go(quiet, { accounts: back, awaitsAuthorization: undefined, question: { ...question, accountId: service.accountId } })
}

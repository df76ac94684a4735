import type { Header } from '@dialtone/sip'
import type { CallAuthorization } from '../ports/call-authorizer.ts'
import { checkpointRecords } from './checkpoint-records.ts'
import type { CallContext } from './call-context.ts'
import { ConfirmedLeg } from './confirmed-leg.ts'
import { describeToParty, legOfSide, takeReinvite } from './describe-to-party.ts'
import { finishCall, settleLegs } from './finish-call.ts'
import { inviteLeg } from './invite-leg.ts'
import { limitBreadth } from './limit-breadth.ts'
import { acceptCallerAnswer, descriptionForCaller, mediaSide, mustAnchor, offerForLeg, offerOptions, openMedia, relayOptions } from './perform-media.ts'
import { performMixEffect } from './perform-mix.ts'
import { performServiceEffect } from './perform-service.ts'
import { redirectionPlans } from './redirection-plans.ts'
import { reportEmergency } from './report-emergency.ts'
import { resolveRoute } from './resolve-route.ts'
import type { CallEffect } from './state/call-effect.ts'
import type { TimerName } from './state/call-event.ts'
import { withDirection } from './state/hold-direction.ts'
import type { Direction } from './state/hold-direction.ts'
import { otherSide } from './state/transfer-state.ts'

type Of<Type extends CallEffect['type']> = Extract<CallEffect, { type: Type }>

/** Does one thing a call asked for. The only place that acts for calls; whatever comes of it is dispatched as an event. */
export function performEffect(call: CallContext, effect: CallEffect): void {
  switch (effect.type) {
    case 'askRoute':
      return askRoute(call, effect)
    case 'askAuthorization':
    case 'extendAuthorization':
    case 'giveBackAuthorization':
      return authorize(call, effect)
    case 'openMedia':
      return openMedia(call)
    case 'startLeg':
      return startLeg(call, effect)
    case 'askRedirection':
      return call.dispatch({ type: 'redirected', legId: effect.legId, statusCode: effect.statusCode, plans: redirectionPlans(call.needs, effect, call) })
    case 'cancelLeg':
      return cancelLeg(call, effect)
    case 'byeLeg':
      return call.legs.get(effect.legId)?.leg.bye(reasonHeaders(effect.reason))
    case 'progressCaller':
      return progressCaller(call, effect)
    case 'answerCaller':
      return answerCaller(call, effect)
    case 'rejectCaller':
      return rejectCaller(call, effect)
    case 'byeCaller':
      return byeCaller(call, effect.reason)
    case 'acceptCallerAnswer':
      return acceptCallerAnswer(call, effect.sdp)
    case 'relayReinvite':
      return relayReinvite(call, effect)
    case 'cancelReinvite':
      return legOfSide(call, effect.to)?.cancelReinvite()
    case 'offerInReinvite':
      return offerInReinvite(call, effect)
    case 'answerReinvite':
      return answerReinvite(call, effect)
    case 'rejectReinvite':
      return takeReinvite(call, effect.to)?.reject(effect.statusCode)
    case 'sendDigit':
      return void call.session?.sendDigit(mediaSide(effect.to), effect.digit, effect.durationMs)
    case 'relayInfo':
      return legOfSide(call, effect.to)?.info(effect.contentType, effect.body)
    case 'startTimer':
      return startTimer(call, effect.name, effect.delayMs)
    case 'stopTimer':
      return stopTimer(call, effect.name)
    case 'reportEmergency':
      return reportEmergency(call)
    case 'checkpointRecords':
      return checkpointRecords(call, effect)
    case 'settleLegs':
      return settleLegs(call)
    case 'finish':
      return finishCall(call)
    case 'openMix':
    case 'bridgeServed':
    case 'offerOwnEnd':
    case 'closeMix':
    case 'releaseSide':
    case 'enterMix':
    case 'answerInMix':
    case 'offerInMix':
    case 'acceptInMix':
      return performMixEffect(call, effect)
    case 'dispose':
      return dispose(call)
    default:
      return performServiceEffect(call, effect)
  }
}

function authorize(call: CallContext, effect: Of<'askAuthorization' | 'extendAuthorization' | 'giveBackAuthorization'>): void {
  const { authorizer } = call.needs
  const decided = (reservationId: string) => (authorization: CallAuthorization) => call.dispatch({ type: 'authorized', reservationId, authorization })
  if (effect.type === 'askAuthorization') return authorizer.authorize(effect.request, decided(effect.request.reservationId))
  if (effect.type === 'extendAuthorization') return authorizer.extend(effect.reservationId, decided(effect.reservationId))
  return authorizer.settle(effect.reservationId, 0)
}

function askRoute(call: CallContext, effect: Of<'askRoute'>): void {
  // Until the call is observed: then it is counted where it goes.
  call.needs.turns.takeTurn()
  const route = resolveRoute(call.needs, effect, call.state, call.maxForwards)
  // Who asks for help gets help, whatever else the INVITE wants (C-58).
  const within = route.decision.kind === 'emergency' ? route.plans : limitBreadth(route.plans, call.maxBreadth)
  const plans = within.map((plan) => (mustAnchor(call, plan) ? { ...plan, mustAnchor: true as const } : plan))
  call.dispatch({ type: 'routed', ...route, plans })
}

function startLeg(call: CallContext, { legId, plan }: Of<'startLeg'>): void {
  const { services } = call.needs
  if (plan.confirms === true && services !== undefined) {
    const leg = new ConfirmedLeg(call, services, { legId, plan })
    call.confirmations.set(legId, leg)
    return leg.start()
  }
  const body = offerForLeg(call, { legId, plan })
  if (body === undefined) return undefined
  call.lastSent.callee = body
  return inviteLeg(call, legId, plan, body)
}

function cancelLeg(call: CallContext, effect: Of<'cancelLeg'>): void {
  if (call.confirmations.get(effect.legId)?.giveUp(effect.reason) === true) return undefined
  const invite = call.legs.get(effect.legId)
  if (invite !== undefined) return invite.cancel(reasonHeaders(effect.reason))
  // It never went out: the caller's offer could not be relayed.
  return call.dispatch({ type: 'legRejected', legId: effect.legId, statusCode: 487, local: true })
}

/** An answer that still waits for a PRACK never goes out then: the stack says 480. */
function byeCaller(call: CallContext, reason: string): void {
  const leg = call.caller?.leg
  if (leg?.direction === 'incoming' && leg.state === 'early') call.dispatch({ type: 'callerUnanswered', statusCode: 480 })
  leg?.bye(reasonHeaders(reason))
}

function progressCaller(call: CallContext, effect: Of<'progressCaller'>): void {
  const { legId, sdp } = effect
  const body = sdp === undefined ? undefined : descriptionForCaller(call, { legId, sdp })
  call.caller?.progress(effect.statusCode, body === undefined ? {} : { body: describeToParty(call, 'caller', body) })
}

function answerCaller(call: CallContext, effect: Of<'answerCaller'>): void {
  const body = descriptionForCaller(call, effect)
  if (body === undefined) return call.dispatch({ type: 'mediaRefused', code: 'BadAnswer', legId: effect.legId })
  return call.caller?.answer({ body: describeToParty(call, 'caller', body) })
}

function rejectCaller(call: CallContext, effect: Of<'rejectCaller'>): void {
  const headers: Header[] = [['Reason', effect.reason]]
  if (effect.retryAfterSeconds !== undefined) headers.push(['Retry-After', String(effect.retryAfterSeconds)])
  call.caller?.reject(effect.statusCode, { reasonPhrase: effect.reasonPhrase, headers })
}

function relayReinvite(call: CallContext, effect: Of<'relayReinvite'>): void {
  const to = otherSide(effect.from)
  const relayed = call.session?.relayOffer(mediaSide(effect.from), effect.sdp, offerOptions(call, effect.from))
  if (relayed?.ok !== true) return call.dispatch({ type: 'reinviteRejected', side: to, statusCode: 488 })
  const description = describeToParty(call, to, directed(relayed.value, effect))
  // An UPDATE waits for no user: it goes on as one where the other side allows that (RFC 3311 5.1).
  if (call.reinvites[effect.from]?.method === 'UPDATE') return legOfSide(call, to)?.update(description)
  return legOfSide(call, to)?.reinvite(description)
}

function offerInReinvite(call: CallContext, effect: Of<'offerInReinvite'>): void {
  const relayed = call.session?.relayOffer(mediaSide(otherSide(effect.to)), effect.sdp, offerOptions(call, otherSide(effect.to)))
  if (relayed?.ok === true) return takeReinvite(call, effect.to)?.answer(describeToParty(call, effect.to, relayed.value))
  return call.dispatch({ type: 'reinviteRejected', side: otherSide(effect.to), statusCode: 488 })
}

/** Nobody waits any more when the answer came in an ACK: then only the media has to know. */
function answerReinvite(call: CallContext, effect: Of<'answerReinvite'>): void {
  const pending = takeReinvite(call, effect.to)
  const relayed = call.session?.relayAnswer(mediaSide(otherSide(effect.to)), effect.sdp, relayOptions(call, otherSide(effect.to)))
  if (relayed?.ok !== true) return pending?.reject(488)
  if (call.newcomer === undefined) return pending?.answer(describeToParty(call, effect.to, directed(relayed.value, effect)))
  // Whoever takes the place of a side has seen nothing of our session yet.
  call.lastSent[effect.to] = relayed.value
  return pending?.answer(relayed.value)
}

function directed(sdp: string, { direction }: { readonly direction?: Direction }): string {
  return direction === undefined ? sdp : withDirection(sdp, direction)
}

function startTimer(call: CallContext, name: TimerName, delayMs: number): void {
  call.timers[name]?.cancel()
  call.timers[name] = call.needs.timers.start(delayMs, () => {
    call.timers[name] = undefined
    call.dispatch({ type: 'timer', name })
  })
}

function stopTimer(call: CallContext, name: TimerName): void {
  call.timers[name]?.cancel()
  call.timers[name] = undefined
}

function dispose(call: CallContext): void {
  for (const timer of Object.values(call.timers)) timer?.cancel()
  // Hardly any call has them, and to clear a Map gives it a new table.
  if (call.confirmations.size > 0) {
    for (const leg of call.confirmations.values()) leg.close()
    call.confirmations.clear()
  }
  call.legs.clear()
  call.reinvites.caller = call.reinvites.callee = undefined
  call.refer = undefined
  call.referSubscription = undefined
  call.onDisposed()
}

function reasonHeaders(reason: string): readonly Header[] {
  return [['Reason', reason]]
}

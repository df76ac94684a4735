import type { Header } from '@dialtone/sip'
import { buildCallRecords } from '../cdr/build-cdr.ts'
import type { CallContext } from './call-context.ts'
import { finishCall } from './finish-call.ts'
import { listenToLeg } from './leg-listener.ts'
import { acceptCallerAnswer, descriptionForCaller, mediaSide, offerForLegs, openMedia } from './perform-media.ts'
import { reportEmergency } from './report-emergency.ts'
import { resolveRoute } from './resolve-route.ts'
import type { CallEffect } from './state/call-effect.ts'
import type { CallSide, TimerName } from './state/call-event.ts'
import { otherSide } from './state/talk-events.ts'

type Of<Type extends CallEffect['type']> = Extract<CallEffect, { type: Type }>

/** Does one thing a call asked for. The only place that acts for calls; whatever comes of it is dispatched as an event. */
export function performEffect(call: CallContext, effect: CallEffect): void {
  switch (effect.type) {
    case 'askRoute':
      return call.dispatch({ type: 'routed', ...resolveRoute(call.needs, effect, call.state.accounts, call.maxForwards) })
    case 'openMedia':
      return openMedia(call)
    case 'startLeg':
      return startLeg(call, effect)
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
      return call.invite.leg.bye(reasonHeaders(effect.reason))
    case 'acceptCallerAnswer':
      return acceptCallerAnswer(call, effect.sdp)
    case 'relayReinvite':
      return relayReinvite(call, effect)
    case 'offerInReinvite':
      return offerInReinvite(call, effect)
    case 'answerReinvite':
      return answerReinvite(call, effect)
    case 'rejectReinvite':
      return takeReinvite(call, effect.to)?.reject(effect.statusCode)
    case 'relayInfo':
      return legOfSide(call, effect.to)?.info(effect.contentType, effect.body)
    case 'startTimer':
      return startTimer(call, effect.name, effect.delayMs)
    case 'stopTimer':
      return stopTimer(call, effect.name)
    case 'reportEmergency':
      return reportEmergency(call)
    case 'checkpointRecords':
      return buildCallRecords(call.state).forEach((record) => call.needs.records.checkpoint(record))
    case 'finish':
      return finishCall(call)
    case 'dispose':
      return dispose(call)
  }
}

function startLeg(call: CallContext, effect: Of<'startLeg'>): void {
  const body = offerForLegs(call)
  if (body === undefined) return
  const { requestUri, to, from, toHeader, headers } = effect.plan
  const invite = call.needs.sip.invite({ uri: requestUri, to, from, toHeader, headers, body })
  call.legs.set(effect.legId, invite)
  call.dispatch({ type: 'legStarted', legId: effect.legId, sipCallId: invite.leg.callId })
  listenToLeg(call, effect.legId)
}

function cancelLeg(call: CallContext, effect: Of<'cancelLeg'>): void {
  const invite = call.legs.get(effect.legId)
  if (invite !== undefined) return invite.cancel(reasonHeaders(effect.reason))
  // It never went out: the caller's offer could not be relayed.
  return call.dispatch({ type: 'legRejected', legId: effect.legId, statusCode: 487, local: true })
}

function progressCaller(call: CallContext, effect: Of<'progressCaller'>): void {
  const body = effect.sdp === undefined ? undefined : descriptionForCaller(call, effect.sdp)
  call.invite.progress(effect.statusCode, body === undefined ? {} : { body })
}

function answerCaller(call: CallContext, effect: Of<'answerCaller'>): void {
  const body = descriptionForCaller(call, effect.sdp)
  if (body === undefined) return call.dispatch({ type: 'mediaRefused', code: 'BadAnswer', legId: effect.legId })
  return call.invite.answer({ body })
}

function rejectCaller(call: CallContext, effect: Of<'rejectCaller'>): void {
  const headers: Header[] = [['Reason', effect.reason]]
  if (effect.retryAfterSeconds !== undefined) headers.push(['Retry-After', String(effect.retryAfterSeconds)])
  call.invite.reject(effect.statusCode, { reasonPhrase: effect.reasonPhrase, headers })
}

function relayReinvite(call: CallContext, effect: Of<'relayReinvite'>): void {
  const to = otherSide(effect.from)
  const relayed = call.session?.relayOffer(mediaSide(effect.from), effect.sdp)
  if (relayed?.ok === true) return legOfSide(call, to)?.reinvite(relayed.value)
  return call.dispatch({ type: 'reinviteRejected', side: to, statusCode: 488 })
}

function offerInReinvite(call: CallContext, effect: Of<'offerInReinvite'>): void {
  const relayed = call.session?.relayOffer(mediaSide(otherSide(effect.to)), effect.sdp)
  if (relayed?.ok === true) return takeReinvite(call, effect.to)?.answer(relayed.value)
  return call.dispatch({ type: 'reinviteRejected', side: otherSide(effect.to), statusCode: 488 })
}

/** Nobody waits any more when the answer came in an ACK: then only the media has to know. */
function answerReinvite(call: CallContext, effect: Of<'answerReinvite'>): void {
  const pending = takeReinvite(call, effect.to)
  const relayed = call.session?.relayAnswer(mediaSide(otherSide(effect.to)), effect.sdp)
  if (relayed?.ok === true) pending?.answer(relayed.value)
  else pending?.reject(488)
}

function takeReinvite(call: CallContext, side: CallSide) {
  const pending = call.reinvites.get(side)
  call.reinvites.delete(side)
  return pending
}

function legOfSide(call: CallContext, side: CallSide) {
  return side === 'caller' ? call.invite.leg : call.legs.get(call.state.winnerId ?? '')?.leg
}

function startTimer(call: CallContext, name: TimerName, delayMs: number): void {
  call.timers.get(name)?.cancel()
  const timer = call.needs.timers.start(delayMs, () => {
    call.timers.delete(name)
    call.dispatch({ type: 'timer', name })
  })
  call.timers.set(name, timer)
}

function stopTimer(call: CallContext, name: TimerName): void {
  call.timers.get(name)?.cancel()
  call.timers.delete(name)
}

function dispose(call: CallContext): void {
  for (const timer of call.timers.values()) timer.cancel()
  call.timers.clear()
  call.legs.clear()
  call.reinvites.clear()
  call.onDisposed()
}

function reasonHeaders(reason: string): readonly Header[] {
  return [['Reason', reason]]
}

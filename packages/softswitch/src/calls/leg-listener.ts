import type { LegEvent, SipRequest } from '@dialtone/sip'
import type { CallContext, CallerPort } from './call-context.ts'
import { legOfSide } from './describe-to-party.ts'
import { commandOf, mediaSide } from './perform-media.ts'
import { dialedIn, readReferral } from './read-referral.ts'
import type { CallSide } from './state/call-event.ts'
import { otherSide, partyOf } from './state/transfer-state.ts'

const LONGEST_INFO = 4096
/** Of a 3xx, so many places are looked at. */
const MAX_REDIRECT_CONTACTS = 5
/** RFC 5626 11.5. */
const FLOW_FAILED = 430

/** What happens on the caller's leg, as events of the call. */
export function listenToCaller(call: CallContext): void {
  const leg = call.caller?.leg
  leg?.onEvent((event) => {
    // Somebody else has taken its place: it is being hung up.
    if (call.caller?.leg !== leg) return refuse(event)
    switch (event.type) {
      case 'cancelled':
        return call.dispatch({ type: 'callerCancelled', reason: isTrustedCaller(call) ? safeReason(event.reason) : undefined })
      case 'bye':
        return call.dispatch({ type: 'callerEnded', cause: 'bye', reason: isTrustedCaller(call) ? reasonOf(event.request) : undefined })
      case 'gone':
      case 'ackTimeout':
        return call.dispatch({ type: 'callerEnded', cause: event.type, reason: undefined })
      case 'progressTimeout':
        call.dispatch({ type: 'callerEnded', cause: 'ackTimeout', reason: undefined })
        return call.dispatch({ type: 'callerUnanswered', statusCode: 504 })
      case 'sessionExpired':
        return call.dispatch({ type: 'callerEnded', cause: 'expired', reason: undefined })
      default:
        return onTalkEvent(call, 'caller', event)
    }
  })
}

/** An INVITE that wants to take a place in the call and has not been answered. */
export function listenToNewcomer(call: CallContext, { leg }: CallerPort): void {
  leg.onEvent((event) => {
    if (event.type === 'cancelled') call.dispatch({ type: 'takeoverGone', isCancelled: true })
    if (event.type === 'gone') call.dispatch({ type: 'takeoverGone' })
  })
}

function refuse(event: LegEvent): void {
  if (event.type === 'reinvite' || event.type === 'refer') event.reject(481)
}

/** What happens on one called leg. */
export function listenToLeg(call: CallContext, legId: string): void {
  call.legs.get(legId)?.leg.onEvent((event) => {
    if (call.confirmations.get(legId)?.hears(event) === true) return undefined
    switch (event.type) {
      case 'progress':
        return call.dispatch({ type: 'legProgress', legId, statusCode: event.statusCode, sdp: event.body, tag: event.response.toTag })
      case 'answered':
        return call.dispatch({ type: 'legAnswered', legId, sdp: event.body })
      case 'rejected':
        if (event.statusCode === FLOW_FAILED && event.response !== undefined) forgetFlow(call, legId)
        return call.dispatch({ type: 'legRejected', legId, ...readRefusal(event, isTrustedLeg(call, legId)) })
      case 'bye':
        return call.dispatch({ type: 'legEnded', legId, cause: 'bye', reason: isTrustedLeg(call, legId) ? reasonOf(event.request) : undefined })
      case 'gone':
      case 'ackTimeout':
        return call.dispatch({ type: 'legEnded', legId, cause: event.type, reason: undefined })
      case 'sessionExpired':
        return call.dispatch({ type: 'legEnded', legId, cause: 'expired', reason: undefined })
      default:
        // Only the leg that won has a say in the talk.
        return legId === call.state.winnerId ? onTalkEvent(call, 'callee', event) : refuse(event)
    }
  })
}

function onTalkEvent(call: CallContext, side: CallSide, event: LegEvent): void {
  switch (event.type) {
    case 'reinvite':
      // RFC 3311 5.2: before the answer nobody can say whether the other side could follow.
      if (event.early) return event.reject(488)
      // Somebody who wants this place is waiting for the other side (RFC 3261 14.2).
      if (call.reinvites[side] !== undefined) return event.reject(491)
      if (gaveWay(call, side)) call.dispatch({ type: 'reinviteRejected', side, statusCode: 491 })
      call.reinvites[side] = event
      return call.dispatch({ type: 'reinvite', side, sdp: event.body })
    case 'reinviteCancelled':
      call.reinvites[side] = undefined
      return call.dispatch({ type: 'reinviteCancelled', side })
    case 'refer':
      if (call.refer !== undefined) return event.reject(491)
      call.refer = event
      return call.dispatch({ type: 'referred', side, referral: readReferral(call, event), ...silenceOf(event.request) })
    case 'acknowledged':
      return call.dispatch({ type: 'acknowledged', side, sdp: event.body })
    case 'reinviteAnswered':
      return call.dispatch({ type: 'reinviteAnswered', side, sdp: event.body })
    case 'reinviteRejected':
      return call.dispatch({ type: 'reinviteRejected', side, statusCode: event.statusCode })
    case 'info': {
      const contentType = event.contentType ?? ''
      const isSafe = /^[\w.+-]+\/[\w.+-]+$/.test(contentType) && event.body.length <= LONGEST_INFO
      const isDigitTakenInRtp = call.session?.takesDigits(mediaSide(otherSide(side))) === true
      return isSafe ? call.dispatch({ type: 'info', side, contentType, body: event.body, isDigitTakenInRtp, ...commandOf(call, side) }) : undefined
    }
    default:
      return undefined
  }
}

/** RFC 4488 4: whoever refers does not want to hear how it goes. For the trace: the stack keeps still by itself. */
function silenceOf(request: SipRequest): { readonly isSilent?: true } {
  return /^\s*false\s*(;|$)/i.test(request.header('refer-sub') ?? '') ? { isSilent: true } : {}
}

/**
 * Both sides want something of each other at once: what came first waits to be asked again (RFC 3261 14.1), and gives way. Its author hears 491 and
 * tries again by itself; else who offers again and again would be refused for as long as we wait.
 */
function gaveWay(call: CallContext, side: CallSide): boolean {
  return call.state.reinviteFrom === otherSide(side) && legOfSide(call, side)?.giveWay() === true
}

function forgetFlow(call: CallContext, legId: string): void {
  const plan = call.state.legs.find((leg) => leg.id === legId)?.plan
  if (plan?.lineId !== undefined) call.needs.flowFailed(plan.lineId, plan.requestUri)
}

/** Carriers tell why a call ended; what a phone says of it is not believed and goes nowhere (RFC 3326 3). */
function isTrustedCaller(call: CallContext): boolean {
  return partyOf(call.state, 'caller')?.kind === 'carrier'
}

function isTrustedLeg(call: CallContext, legId: string): boolean {
  return call.state.legs.some((leg) => leg.id === legId && leg.plan.kind !== 'line')
}

/** A final answer other than 2xx: its status, and of a peer that is believed why; of a 3xx, where it leads. */
function readRefusal({ statusCode, response }: Extract<LegEvent, { type: 'rejected' }>, isTrusted: boolean) {
  if (response === undefined) return { statusCode, local: true }
  const why = isTrusted ? { reason: safeReason(response.header('reason')) } : {}
  if (statusCode >= 400) return { statusCode, local: false, ...why }
  const contacts = response.contacts.slice(0, MAX_REDIRECT_CONTACTS).flatMap(({ uri }) => dialedIn(uri) || [])
  return { statusCode, local: false, contacts, ...why }
}

function reasonOf(request: SipRequest): string | undefined {
  return safeReason(request.header('reason'))
}

/** A Reason header field that may be passed on: short, and printable. */
function safeReason(text: string | undefined): string | undefined {
  return text !== undefined && /^[\x20-\x7e]{1,200}$/.test(text) ? text : undefined
}

import type { LegEvent, SipRequest } from '@dialtone/sip'
import type { CallContext } from './call-context.ts'
import type { CallSide } from './state/call-event.ts'

const LONGEST_INFO = 4096

/** What happens on the caller's leg, as events of the call. */
export function listenToCaller(call: CallContext): void {
  call.invite.leg.onEvent((event) => {
    switch (event.type) {
      case 'cancelled':
        return call.dispatch({ type: 'callerCancelled', reason: safeReason(event.reason) })
      case 'bye':
        return call.dispatch({ type: 'callerEnded', cause: 'bye', reason: reasonOf(event.request) })
      case 'gone':
      case 'ackTimeout':
        return call.dispatch({ type: 'callerEnded', cause: event.type, reason: undefined })
      default:
        return onTalkEvent(call, 'caller', event)
    }
  })
}

/** What happens on one called leg. */
export function listenToLeg(call: CallContext, legId: string): void {
  call.legs.get(legId)?.leg.onEvent((event) => {
    switch (event.type) {
      case 'progress':
        return call.dispatch({ type: 'legProgress', legId, statusCode: event.statusCode, sdp: event.body })
      case 'answered':
        return call.dispatch({ type: 'legAnswered', legId, sdp: event.body })
      case 'rejected':
        return call.dispatch({ type: 'legRejected', legId, statusCode: event.statusCode, local: event.response === undefined })
      case 'bye':
        return call.dispatch({ type: 'legEnded', legId, cause: 'bye', reason: reasonOf(event.request) })
      case 'gone':
      case 'ackTimeout':
        return call.dispatch({ type: 'legEnded', legId, cause: event.type, reason: undefined })
      default:
        // Only the leg that won has a say in the talk.
        if (legId === call.state.winnerId) return onTalkEvent(call, 'callee', event)
        if (event.type === 'reinvite') event.reject(481)
        return undefined
    }
  })
}

function onTalkEvent(call: CallContext, side: CallSide, event: LegEvent): void {
  switch (event.type) {
    case 'reinvite':
      call.reinvites.set(side, event)
      return call.dispatch({ type: 'reinvite', side, sdp: event.body })
    case 'acknowledged':
      return call.dispatch({ type: 'acknowledged', side, sdp: event.body })
    case 'reinviteAnswered':
      return call.dispatch({ type: 'reinviteAnswered', side, sdp: event.body })
    case 'reinviteRejected':
      return call.dispatch({ type: 'reinviteRejected', side, statusCode: event.statusCode })
    case 'info': {
      const contentType = event.contentType ?? ''
      const isSafe = /^[\w.+-]+\/[\w.+-]+$/.test(contentType) && event.body.length <= LONGEST_INFO
      return isSafe ? call.dispatch({ type: 'info', side, contentType, body: event.body }) : undefined
    }
    default:
      return undefined
  }
}

function reasonOf(request: SipRequest): string | undefined {
  return safeReason(request.header('reason'))
}

/** A Reason header field that may be passed on: short, and printable. */
function safeReason(text: string | undefined): string | undefined {
  return text !== undefined && /^[\x20-\x7e]{1,200}$/.test(text) ? text : undefined
}

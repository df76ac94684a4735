import type { ServerTransactionEvent } from './transaction-event.ts'
import {
  REPORT_TRANSPORT_FAILURE,
  startTimer,
  stay,
  stopTimer,
  TERMINATE,
  type OutgoingResponse,
  type TransactionEffect,
  type Transition,
} from './transaction-effect.ts'
import { transactionLifetimeMs, type TransactionOptions } from './transaction-timing.ts'

/** RFC 3261 17.2.2, figure 8, as narrowed by RFC 4320. */
export type NonInviteServerState =
  | { readonly name: 'trying'; readonly options: TransactionOptions }
  | { readonly name: 'proceeding'; readonly options: TransactionOptions; readonly lastResponse: OutgoingResponse }
  | { readonly name: 'completed'; readonly lastResponse: OutgoingResponse }
  | { readonly name: 'terminated' }

type Step = Transition<NonInviteServerState>

const TERMINATED: NonInviteServerState = { name: 'terminated' }
const STOP_UNANSWERED = stopTimer('unanswered')
const OVER: Step = { state: TERMINATED, effects: [TERMINATE] }
const TRANSPORT_FAILED: Step = { state: TERMINATED, effects: [REPORT_TRANSPORT_FAILURE, TERMINATE] }

/** A request has come and goes to the user. */
export function startNonInviteServer(options: TransactionOptions): NonInviteServerState {
  return { name: 'trying', options }
}

export function stepNonInviteServer(state: NonInviteServerState, event: ServerTransactionEvent): Step {
  switch (state.name) {
    case 'trying':
    case 'proceeding':
      return whileUnanswered(state, event)
    case 'completed':
      if (event.type === 'retransmission') return { state, effects: [send(state.lastResponse, true)] }
      if (event.type === 'transportFailure') return TRANSPORT_FAILED
      // 17.2.2: other final responses of the user are discarded.
      return event.type === 'timer' && event.timer === 'J' ? OVER : stay(state)
    case 'terminated':
      return stay(state)
  }
}

function whileUnanswered(state: Extract<NonInviteServerState, { name: 'trying' | 'proceeding' }>, event: ServerTransactionEvent): Step {
  switch (event.type) {
    case 'wait':
      // RFC 4320 4.2: when timer F has fired at the client no answer can reach it, so none is sent.
      return { state, effects: [startTimer('unanswered', transactionLifetimeMs(state.options))] }
    case 'retransmission':
      return state.name === 'proceeding' ? { state, effects: [send(state.lastResponse, true)] } : stay(state)
    case 'respond':
      return respond(state, event.response)
    case 'timer':
      return event.timer === 'unanswered' ? OVER : stay(state)
    case 'transportFailure':
      return TRANSPORT_FAILED
    case 'ack':
      return stay(state)
  }
}

function respond(state: Extract<NonInviteServerState, { name: 'trying' | 'proceeding' }>, response: OutgoingResponse): Step {
  const { statusCode } = response
  const { options } = state
  if (statusCode < 200) {
    // RFC 4320 4.1: no provisional response but 100.
    if (statusCode !== 100) return stay(state)
    return { state: { name: 'proceeding', options, lastResponse: response }, effects: [send(response, false)] }
  }
  // RFC 4320 4.2: 408 to a non-INVITE helps nobody and storms the network.
  if (statusCode === 408) return { state: TERMINATED, effects: [STOP_UNANSWERED, TERMINATE] }
  // 17.2.2: timer J is zero on reliable transports.
  if (options.reliable) return { state: TERMINATED, effects: [STOP_UNANSWERED, send(response, false), TERMINATE] }
  const timerJ = startTimer('J', transactionLifetimeMs(options))
  return { state: { name: 'completed', lastResponse: response }, effects: [STOP_UNANSWERED, send(response, false), timerJ] }
}

function send(response: OutgoingResponse, retransmission: boolean): TransactionEffect {
  return { type: 'sendResponse', response, retransmission }
}

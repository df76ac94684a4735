import type { ServerTransactionEvent } from './transaction-event.ts'
import {
  PASS_ACK,
  REPORT_TIMEOUT,
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

/** RFC 3261 17.2.1 as replaced by RFC 6026 7.1, figure 7. */
export type InviteServerState =
  | { readonly name: 'proceeding'; readonly options: TransactionOptions; readonly lastResponse: OutgoingResponse | undefined }
  | { readonly name: 'completed'; readonly options: TransactionOptions; readonly lastResponse: OutgoingResponse; readonly intervalMs: number }
  | { readonly name: 'confirmed' }
  | { readonly name: 'accepted' }
  | { readonly name: 'terminated' }

type Step = Transition<InviteServerState>

const TERMINATED: InviteServerState = { name: 'terminated' }
const ACCEPTED: InviteServerState = { name: 'accepted' }
const CONFIRMED: InviteServerState = { name: 'confirmed' }
const STOP_G = stopTimer('G')
const STOP_H = stopTimer('H')
const OVER: Step = { state: TERMINATED, effects: [TERMINATE] }
const UNACKNOWLEDGED: Step = { state: TERMINATED, effects: [REPORT_TIMEOUT, TERMINATE] }
const TRANSPORT_FAILED: Step = { state: TERMINATED, effects: [REPORT_TRANSPORT_FAILURE, TERMINATE] }
const CONFIRMED_AND_OVER: Step = { state: TERMINATED, effects: [STOP_G, STOP_H, TERMINATE] }

/** An INVITE has come. The user answers 100 at once, so the 200 ms of 17.2.1 are not needed. */
export function startInviteServer(options: TransactionOptions): InviteServerState {
  return { name: 'proceeding', options, lastResponse: undefined }
}

export function stepInviteServer(state: InviteServerState, event: ServerTransactionEvent): Step {
  switch (state.name) {
    case 'proceeding':
      return inProceeding(state, event)
    case 'completed':
      return inCompleted(state, event)
    case 'confirmed':
      // 17.2.1: absorbs further ACKs and INVITEs until timer I fires.
      return event.type === 'timer' && event.timer === 'I' ? OVER : stay(state)
    case 'accepted':
      return inAccepted(state, event)
    case 'terminated':
      return stay(state)
  }
}

function inProceeding(state: Extract<InviteServerState, { name: 'proceeding' }>, event: ServerTransactionEvent): Step {
  switch (event.type) {
    case 'retransmission':
      return state.lastResponse === undefined ? stay(state) : { state, effects: [resend(state.lastResponse)] }
    case 'respond':
      return respond(state.options, event.response)
    case 'transportFailure':
      return TRANSPORT_FAILED
    default:
      return stay(state)
  }
}

function respond(options: TransactionOptions, response: OutgoingResponse): Step {
  const send: TransactionEffect = { type: 'sendResponse', response, retransmission: false }
  if (response.statusCode < 200) return { state: { name: 'proceeding', options, lastResponse: response }, effects: [send] }
  const lifetimeMs = transactionLifetimeMs(options)
  // RFC 6026 7.1: after a 2xx the transaction stays, so that retransmitted INVITEs do not look like new ones.
  if (response.statusCode < 300) return { state: ACCEPTED, effects: [send, startTimer('L', lifetimeMs)] }
  const { t1Ms } = options.timing
  const timerH = startTimer('H', lifetimeMs)
  const effects = options.reliable ? [send, timerH] : [send, startTimer('G', t1Ms), timerH]
  return { state: { name: 'completed', options, lastResponse: response, intervalMs: t1Ms }, effects }
}

function inCompleted(state: Extract<InviteServerState, { name: 'completed' }>, event: ServerTransactionEvent): Step {
  switch (event.type) {
    case 'retransmission':
      return { state, effects: [resend(state.lastResponse)] }
    case 'ack':
      // 17.2.1: timer I is T4 on unreliable transports and zero on reliable ones.
      if (state.options.reliable) return CONFIRMED_AND_OVER
      return { state: CONFIRMED, effects: [STOP_G, STOP_H, startTimer('I', state.options.timing.t4Ms)] }
    case 'transportFailure':
      return TRANSPORT_FAILED
    case 'timer': {
      if (event.timer === 'H') return UNACKNOWLEDGED
      if (event.timer !== 'G') return stay(state)
      const intervalMs = Math.min(state.intervalMs * 2, state.options.timing.t2Ms)
      return { state: { ...state, intervalMs }, effects: [resend(state.lastResponse), startTimer('G', intervalMs)] }
    }
    default:
      return stay(state)
  }
}

function inAccepted(state: InviteServerState, event: ServerTransactionEvent): Step {
  switch (event.type) {
    case 'respond': {
      // RFC 6026 7.1: the user retransmits the 2xx; the transaction only carries it.
      if (event.response.statusCode < 200 || event.response.statusCode >= 300) return stay(state)
      return { state, effects: [resend(event.response)] }
    }
    case 'ack':
      return { state, effects: [PASS_ACK] }
    case 'timer':
      return event.timer === 'L' ? OVER : stay(state)
    default:
      // RFC 6026 7.1: retransmitted INVITEs are absorbed; an unreachable peer shows itself by the missing ACK.
      return stay(state)
  }
}

function resend(response: OutgoingResponse): TransactionEffect {
  return { type: 'sendResponse', response, retransmission: true }
}

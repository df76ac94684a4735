import type { SipResponse } from '../message/index.ts'
import type { ClientTransactionEvent } from './transaction-event.ts'
import {
  REPORT_TIMEOUT,
  REPORT_TRANSPORT_FAILURE,
  RETRANSMIT_REQUEST,
  SEND_REQUEST,
  startTimer,
  stay,
  stopTimer,
  TERMINATE,
  type TransactionEffect,
  type TransactionTimer,
  type Transition,
} from './transaction-effect.ts'
import { transactionLifetimeMs, type TransactionOptions } from './transaction-timing.ts'

/** RFC 3261 17.1.1, figure 5, as changed by RFC 6026 8.4 (Accepted). */
export type InviteClientState =
  | { readonly name: 'calling'; readonly options: TransactionOptions; readonly intervalMs: number }
  | { readonly name: 'proceeding'; readonly options: TransactionOptions }
  | { readonly name: 'completed'; readonly options: TransactionOptions }
  | { readonly name: 'accepted'; readonly options: TransactionOptions }
  | { readonly name: 'terminated' }

type Step = Transition<InviteClientState>

const TERMINATED: InviteClientState = { name: 'terminated' }
const STOP_A = stopTimer('A')
const STOP_B = stopTimer('B')
const OVER: Step = { state: TERMINATED, effects: [TERMINATE] }
const TIMED_OUT: Step = { state: TERMINATED, effects: [REPORT_TIMEOUT, TERMINATE] }
const TRANSPORT_FAILED: Step = { state: TERMINATED, effects: [REPORT_TRANSPORT_FAILURE, TERMINATE] }

/** Sends the INVITE. Timer A runs on unreliable transports only, timer B always (17.1.1.2). */
export function startInviteClient(options: TransactionOptions): Step {
  const timerB = startTimer('B', transactionLifetimeMs(options))
  const effects = options.reliable ? [SEND_REQUEST, timerB] : [SEND_REQUEST, startTimer('A', options.timing.t1Ms), timerB]
  return { state: { name: 'calling', options, intervalMs: options.timing.t1Ms }, effects }
}

/** Goes on with an INVITE that another stack sent, and that has been heard of: nothing is sent, a final response is awaited (17.1.1.2). */
export function resumeInviteClient(options: TransactionOptions): Step {
  return { state: { name: 'proceeding', options }, effects: [] }
}

export function stepInviteClient(state: InviteClientState, event: ClientTransactionEvent): Step {
  if (state.name === 'terminated') return stay(state)
  switch (event.type) {
    case 'response':
      return onResponse(state, event.response)
    case 'timer':
      return onTimer(state, event.timer)
    case 'transportFailure':
      // 17.1.4. A completed or accepted transaction has already told its user how it ended.
      return state.name === 'accepted' ? stay(state) : TRANSPORT_FAILED
    case 'abandon':
      return state.name === 'calling' || state.name === 'proceeding' ? OVER : stay(state)
  }
}

function onResponse(state: Exclude<InviteClientState, { name: 'terminated' }>, response: SipResponse): Step {
  const { statusCode } = response
  switch (state.name) {
    case 'calling':
      if (statusCode < 200) {
        return { state: { name: 'proceeding', options: state.options }, effects: [STOP_A, STOP_B, { type: 'passResponse', response }] }
      }
      return onFinalResponse(state.options, response, [STOP_A, STOP_B])
    case 'proceeding':
      if (statusCode < 200) return { state, effects: [{ type: 'passResponse', response }] }
      return onFinalResponse(state.options, response, [])
    case 'completed':
      // 17.1.1.2: the ACK is sent again for every retransmission, the user hears nothing of it.
      return statusCode >= 300 ? { state, effects: [{ type: 'sendAck', response }] } : stay(state)
    case 'accepted':
      // RFC 6026 8.4: retransmitted 2xx and 2xx of other branches of a fork go up, which acknowledges them (13.2.2.4).
      return statusCode >= 200 && statusCode < 300 ? { state, effects: [{ type: 'passResponse', response }] } : stay(state)
  }
}

function onFinalResponse(options: TransactionOptions, response: SipResponse, before: readonly TransactionEffect[]): Step {
  if (response.statusCode < 300) {
    const timerM = startTimer('M', transactionLifetimeMs(options))
    return { state: { name: 'accepted', options }, effects: [...before, timerM, { type: 'passResponse', response }] }
  }
  const ack: TransactionEffect = { type: 'sendAck', response }
  const pass: TransactionEffect = { type: 'passResponse', response }
  // 17.1.1.2: timer D is zero on reliable transports, so the transaction is over at once.
  if (options.reliable) return { state: TERMINATED, effects: [...before, ack, pass, TERMINATE] }
  return { state: { name: 'completed', options }, effects: [...before, ack, startTimer('D', transactionLifetimeMs(options)), pass] }
}

function onTimer(state: Exclude<InviteClientState, { name: 'terminated' }>, timer: TransactionTimer): Step {
  if (state.name === 'calling') {
    if (timer === 'B') return TIMED_OUT
    if (timer !== 'A') return stay(state)
    // 17.1.1.2: the interval doubles without a ceiling, unlike timer E.
    const intervalMs = state.intervalMs * 2
    return { state: { ...state, intervalMs }, effects: [RETRANSMIT_REQUEST, startTimer('A', intervalMs)] }
  }
  const over = (state.name === 'completed' && timer === 'D') || (state.name === 'accepted' && timer === 'M')
  return over ? OVER : stay(state)
}

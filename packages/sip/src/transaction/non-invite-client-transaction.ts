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
  type TransactionTimer,
  type Transition,
} from './transaction-effect.ts'
import { transactionLifetimeMs, type TransactionOptions } from './transaction-timing.ts'

/** RFC 3261 17.1.2, figure 6. */
export type NonInviteClientState =
  | { readonly name: 'trying'; readonly options: TransactionOptions; readonly intervalMs: number }
  | { readonly name: 'proceeding'; readonly options: TransactionOptions }
  | { readonly name: 'completed' }
  | { readonly name: 'terminated' }

type Step = Transition<NonInviteClientState>

const TERMINATED: NonInviteClientState = { name: 'terminated' }
const COMPLETED: NonInviteClientState = { name: 'completed' }
const STOP_E = stopTimer('E')
const STOP_F = stopTimer('F')
const OVER: Step = { state: TERMINATED, effects: [TERMINATE] }
const TIMED_OUT: Step = { state: TERMINATED, effects: [REPORT_TIMEOUT, TERMINATE] }
const TRANSPORT_FAILED: Step = { state: TERMINATED, effects: [REPORT_TRANSPORT_FAILURE, TERMINATE] }

/** Sends the request. Timer E runs on unreliable transports only, timer F always (17.1.2.2). */
export function startNonInviteClient(options: TransactionOptions): Step {
  const timerF = startTimer('F', transactionLifetimeMs(options))
  const effects = options.reliable ? [SEND_REQUEST, timerF] : [SEND_REQUEST, startTimer('E', options.timing.t1Ms), timerF]
  return { state: { name: 'trying', options, intervalMs: options.timing.t1Ms }, effects }
}

export function stepNonInviteClient(state: NonInviteClientState, event: ClientTransactionEvent): Step {
  // Completed absorbs retransmitted responses until timer K fires (17.1.2.2).
  if (state.name === 'completed') return event.type === 'timer' && event.timer === 'K' ? OVER : stay(state)
  if (state.name === 'terminated') return stay(state)
  switch (event.type) {
    case 'response':
      return onResponse(state, event.response)
    case 'timer':
      return onTimer(state, event.timer)
    case 'transportFailure':
      return TRANSPORT_FAILED
    case 'abandon':
      return OVER
  }
}

type Waiting = Extract<NonInviteClientState, { name: 'trying' | 'proceeding' }>

function onResponse(state: Waiting, response: SipResponse): Step {
  const pass = { type: 'passResponse', response } as const
  if (response.statusCode < 200) {
    return { state: state.name === 'proceeding' ? state : { name: 'proceeding', options: state.options }, effects: [pass] }
  }
  // 17.1.2.2: timer K is T4 on unreliable transports and zero on reliable ones.
  if (state.options.reliable) return { state: TERMINATED, effects: [STOP_F, pass, TERMINATE] }
  return { state: COMPLETED, effects: [STOP_E, STOP_F, startTimer('K', state.options.timing.t4Ms), pass] }
}

function onTimer(state: Waiting, timer: TransactionTimer): Step {
  if (timer === 'F') return TIMED_OUT
  if (timer !== 'E') return stay(state)
  const { t2Ms } = state.options.timing
  // 17.1.2.2: in Proceeding the interval is T2, in Trying it doubles up to T2.
  if (state.name === 'proceeding') return { state, effects: [RETRANSMIT_REQUEST, startTimer('E', t2Ms)] }
  const intervalMs = Math.min(state.intervalMs * 2, t2Ms)
  return { state: { ...state, intervalMs }, effects: [RETRANSMIT_REQUEST, startTimer('E', intervalMs)] }
}

import type { SipResponse } from '../message/index.ts'

/** The timers of RFC 3261 table 4 and RFC 6026 7.1; 'unanswered' is the limit RFC 4320 4.2 puts on a non-INVITE server. */
export type TransactionTimer = 'A' | 'B' | 'D' | 'E' | 'F' | 'G' | 'H' | 'I' | 'J' | 'K' | 'L' | 'M' | 'unanswered'

/** A response on its way out, serialized once for all its retransmissions. */
export interface OutgoingResponse {
  readonly statusCode: number
  readonly bytes: Buffer
}

/** Everything a transaction can ask for. Effects are performed in the order given. */
export type TransactionEffect =
  /** Client: the request goes out, again when `retransmission`. */
  | { readonly type: 'sendRequest'; readonly retransmission: boolean }
  /** INVITE client: the ACK for this final response of 300 or above (17.1.1.3). */
  | { readonly type: 'sendAck'; readonly response: SipResponse }
  | { readonly type: 'sendResponse'; readonly response: OutgoingResponse; readonly retransmission: boolean }
  /** Client: up to the transaction user. */
  | { readonly type: 'passResponse'; readonly response: SipResponse }
  /** INVITE server: an ACK for a 2xx, up to the transaction user (RFC 6026 7.1). */
  | { readonly type: 'passAck' }
  /** Client: nobody answered (B, F). INVITE server: no ACK for our final response (H). */
  | { readonly type: 'reportTimeout' }
  | { readonly type: 'reportTransportFailure' }
  | { readonly type: 'startTimer'; readonly timer: TransactionTimer; readonly delayMs: number }
  | { readonly type: 'stopTimer'; readonly timer: TransactionTimer }
  /** The transaction is over: forget it, and its timers with it. */
  | { readonly type: 'terminate' }

/** What one step of a machine gives. */
export interface Transition<State> {
  readonly state: State
  readonly effects: readonly TransactionEffect[]
}

const NOTHING: readonly TransactionEffect[] = []

/** The event changes nothing here. */
export function stay<State>(state: State): Transition<State> {
  return { state, effects: NOTHING }
}

export const SEND_REQUEST: TransactionEffect = { type: 'sendRequest', retransmission: false }
export const RETRANSMIT_REQUEST: TransactionEffect = { type: 'sendRequest', retransmission: true }
export const PASS_ACK: TransactionEffect = { type: 'passAck' }
export const REPORT_TIMEOUT: TransactionEffect = { type: 'reportTimeout' }
export const REPORT_TRANSPORT_FAILURE: TransactionEffect = { type: 'reportTransportFailure' }
export const TERMINATE: TransactionEffect = { type: 'terminate' }

export function startTimer(timer: TransactionTimer, delayMs: number): TransactionEffect {
  return { type: 'startTimer', timer, delayMs }
}

export function stopTimer(timer: TransactionTimer): TransactionEffect {
  return { type: 'stopTimer', timer }
}

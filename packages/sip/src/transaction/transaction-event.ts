import type { SipResponse } from '../message/index.ts'
import type { OutgoingResponse, TransactionTimer } from './transaction-effect.ts'

export interface TimerEvent {
  readonly type: 'timer'
  readonly timer: TransactionTimer
}

/** What happens to a client transaction. */
export type ClientTransactionEvent =
  | { readonly type: 'response'; readonly response: SipResponse }
  | TimerEvent
  | { readonly type: 'transportFailure' }
  /** The user gives up waiting, such as 64*T1 after a CANCEL (RFC 3261 9.1). */
  | { readonly type: 'abandon' }

/** What happens to a server transaction. */
export type ServerTransactionEvent =
  /** Non-INVITE: the user has been told of the request and did not answer at once. */
  | { readonly type: 'wait' }
  /** The request came again. */
  | { readonly type: 'retransmission' }
  | { readonly type: 'respond'; readonly response: OutgoingResponse }
  /** INVITE: an ACK matched the transaction. */
  | { readonly type: 'ack' }
  | TimerEvent
  | { readonly type: 'transportFailure' }

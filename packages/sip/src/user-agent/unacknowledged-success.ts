import type { Timer } from '@dialtone/foundation'
import type { OutgoingResponse } from '../transaction/index.ts'
import type { ServerTransaction } from './server-transaction.ts'
import type { UserAgent } from './user-agent.ts'

/** A 2xx of ours, sent a moment ago. */
export interface AwaitedAck {
  readonly transaction: ServerTransaction
  readonly response: OutgoingResponse
  /** CSeq number of the INVITE, and so of its ACK. */
  readonly sequence: number
  /** Whether the user hears of the ACK. */
  readonly reportAck: boolean
  /** The 2xx has the offer, the ACK will bring the answer. */
  readonly carriesOffer: boolean
}

/**
 * A 2xx of ours that waits for its ACK: sent again after T1, then at doubling intervals up to T2, over TCP too, and given up
 * after 64*T1 (RFC 3261 13.3.1.4).
 */
export class UnacknowledgedSuccess {
  readonly #userAgent: UserAgent
  readonly #transaction: ServerTransaction
  readonly #response: OutgoingResponse
  readonly #onTimeout: () => void
  #intervalMs: number
  #leftMs: number
  #timer: Timer

  constructor(userAgent: UserAgent, transaction: ServerTransaction, response: OutgoingResponse, onTimeout: () => void) {
    this.#userAgent = userAgent
    this.#transaction = transaction
    this.#response = response
    this.#onTimeout = onTimeout
    this.#intervalMs = userAgent.timing.t1Ms
    this.#leftMs = 64 * userAgent.timing.t1Ms
    this.#timer = this.#wait()
  }

  /** The ACK has come, or the call is over. */
  stop(): void {
    this.#timer.cancel()
  }

  #wait(): Timer {
    const delayMs = Math.min(this.#intervalMs, this.#leftMs)
    return this.#userAgent.timers.start(delayMs, () => this.#waited(delayMs))
  }

  #waited(delayMs: number): void {
    this.#leftMs -= delayMs
    if (this.#leftMs <= 0) {
      this.#onTimeout()
      return
    }
    this.#transaction.resend(this.#response)
    this.#intervalMs = Math.min(this.#intervalMs * 2, this.#userAgent.timing.t2Ms)
    this.#timer = this.#wait()
  }
}

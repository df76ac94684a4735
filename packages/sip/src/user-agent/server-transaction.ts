import { responseBytes, type SipRequest } from '../message/index.ts'
import {
  type OutgoingResponse,
  type ServerTransactionEvent,
  startInviteServer,
  startNonInviteServer,
  stepInviteServer,
  stepNonInviteServer,
  type TransactionEffect,
  type Transition,
} from '../transaction/index.ts'
import { isReliable, type RemoteAddress, responseDestination } from '../transport/index.ts'
import type { RespondOptions } from './incoming-request.ts'
import { responseHeaders } from './response-headers.ts'
import type { TransactionRuntime } from './transaction-runtime.ts'
import { TransactionTimers } from './transaction-timers.ts'

/** Who is told what else happens to a request received (the transaction user of RFC 3261 17.2). */
export interface ServerTransactionUser {
  /** A CANCEL came before the final response (9.2). */
  onCancel?(cancel: SipRequest): void
  /** An ACK for our 2xx that matched the transaction, as those of RFC 2543 do. */
  onAck?(ack: SipRequest): void
  /** Our response could not be delivered (17.2.4). */
  onTransportFailure?(): void
}

export interface ServerTransactionOptions {
  readonly runtime: TransactionRuntime
  readonly key: string
  readonly mergeKey: string | undefined
  readonly request: SipRequest
  readonly source: RemoteAddress
  readonly onTerminated: (transaction: ServerTransaction) => void
}

/** A request received, and our answers to it. */
export interface ServerTransaction {
  readonly key: string
  readonly mergeKey: string | undefined
  /** Set by whoever answers; cleared when nothing more can concern it, so that the call may be forgotten. */
  user: ServerTransactionUser | undefined
  /** Our tag in the answers (RFC 3261 8.2.6.2). */
  toTag: string | undefined
  /** No final response has been given yet. */
  readonly pending: boolean
  /** Sends a response. @returns what was sent, for `resend`; undefined when there was a final response already */
  respond(statusCode: number, options?: RespondOptions): OutgoingResponse | undefined
  /** Sends a response again: a 2xx until its ACK comes (13.3.1.4), a provisional one every minute (13.3.1.1). */
  resend(response: OutgoingResponse): void
  acknowledge(ack: SipRequest): void
  feed(event: ServerTransactionEvent): void
  /** Forgets everything without telling anybody. */
  dispose(): void
}

/** Performs the effects of a server transaction machine. */
class ServerTransactionRunner<State extends { readonly name: string }> implements ServerTransaction {
  readonly key: string
  readonly mergeKey: string | undefined
  user: ServerTransactionUser | undefined
  toTag: string | undefined
  readonly #runtime: TransactionRuntime
  readonly #onTerminated: (transaction: ServerTransaction) => void
  readonly #step: (state: State, event: ServerTransactionEvent) => Transition<State>
  readonly #timers: TransactionTimers
  readonly #destination: RemoteAddress
  /** Forgotten with the final response: transactions live on for 32 s, by the ten thousand. */
  #request: SipRequest | undefined
  #state: State
  #ack: SipRequest | undefined

  constructor(options: ServerTransactionOptions, state: State, step: (state: State, event: ServerTransactionEvent) => Transition<State>) {
    const { request } = options
    this.key = options.key
    this.mergeKey = options.mergeKey
    this.toTag = request.toTag
    this.#request = request
    this.#runtime = options.runtime
    this.#onTerminated = options.onTerminated
    this.#destination = responseDestination(request.topVia, options.source)
    this.#state = state
    this.#step = step
    this.#timers = new TransactionTimers(options.runtime.timers, this)
  }

  get pending(): boolean {
    return this.#state.name === 'trying' || this.#state.name === 'proceeding'
  }

  respond(statusCode: number, options: RespondOptions = {}): OutgoingResponse | undefined {
    const request = this.#request
    if (request === undefined || !this.pending) return undefined
    const runtime = this.#runtime
    if (statusCode > 100) this.toTag ??= runtime.newToken(9)
    const headers = responseHeaders(runtime.serverHeader, options.headers)
    const { reasonPhrase, body, contentType } = options
    const isFinal = statusCode >= 200
    if (isAcceptance(request.method, statusCode) && this.#destination.connectionId !== undefined) runtime.keep(this.#destination.connectionId)
    if (isFinal) this.#request = undefined
    const response = { statusCode, bytes: responseBytes(request, statusCode, { reasonPhrase, body, contentType, toTag: this.toTag, headers }, isFinal) }
    this.feed({ type: 'respond', response })
    return response
  }

  resend(response: OutgoingResponse): void {
    this.feed({ type: 'respond', response })
  }

  acknowledge(ack: SipRequest): void {
    this.#ack = ack
    this.feed({ type: 'ack' })
    this.#ack = undefined
  }

  feed(event: ServerTransactionEvent): void {
    const { state, effects } = this.#step(this.#state, event)
    this.#state = state
    for (const effect of effects) this.#perform(effect)
  }

  dispose(): void {
    this.#timers.stopAll()
    this.user = undefined
    this.#onTerminated(this)
  }

  #perform(effect: TransactionEffect): void {
    switch (effect.type) {
      case 'sendResponse':
        this.#send(effect.response, effect.retransmission)
        break
      case 'passAck':
        if (this.#ack !== undefined) this.user?.onAck?.(this.#ack)
        break
      case 'reportTransportFailure':
        this.user?.onTransportFailure?.()
        break
      case 'startTimer':
        this.#timers.start(effect.timer, effect.delayMs)
        break
      case 'stopTimer':
        this.#timers.stop(effect.timer)
        break
      case 'terminate':
        this.dispose()
        break
      default:
      // 'reportTimeout': nobody acknowledged our refusal (timer H). The call is over all the same.
    }
  }

  #send(response: OutgoingResponse, retransmission: boolean): void {
    const runtime = this.#runtime
    if (retransmission) runtime.counters.retransmitted++
    if (!isReliable(this.#destination.transport)) runtime.send(response.bytes, this.#destination)
    else runtime.send(response.bytes, this.#destination, () => queueMicrotask(() => this.feed({ type: 'transportFailure' })))
  }
}

/** Whoever is answered so has proven who he is, where that is asked for; anybody may hear what OPTIONS is answered. */
function isAcceptance(method: string, statusCode: number): boolean {
  return statusCode > 100 && statusCode < 300 && (method === 'REGISTER' || method === 'INVITE' || method === 'SUBSCRIBE')
}

/** Makes the transaction of a request received (RFC 3261 17.2). */
export function createServerTransaction(options: ServerTransactionOptions): ServerTransaction {
  const machine = { reliable: isReliable(options.source.transport), timing: options.runtime.timing }
  if (options.request.method === 'INVITE') return new ServerTransactionRunner(options, startInviteServer(machine), stepInviteServer)
  return new ServerTransactionRunner(options, startNonInviteServer(machine), stepNonInviteServer)
}

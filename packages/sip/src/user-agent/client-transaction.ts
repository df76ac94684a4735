import { headOf, requestOfHead, serialize, type SipRequest, type SipResponse } from '../message/index.ts'
import {
  buildFailureAck,
  type ClientTransactionEvent,
  clientTransactionKey,
  resumeInviteClient,
  startInviteClient,
  startNonInviteClient,
  stepInviteClient,
  stepNonInviteClient,
  type TransactionEffect,
  type Transition,
} from '../transaction/index.ts'
import { isReliable, type RemoteAddress } from '../transport/index.ts'
import type { TransactionRuntime } from './transaction-runtime.ts'
import { TransactionTimers } from './transaction-timers.ts'

/** Who is told what becomes of a request (the transaction user of RFC 3261 17.1). */
export interface ClientTransactionUser {
  /** Provisional and final responses; for INVITE also every 2xx that comes later (13.2.2.4). */
  onResponse(response: SipResponse): void
  onTimeout(): void
  onTransportFailure(reason: string): void
}

export interface ClientTransactionOptions {
  readonly runtime: TransactionRuntime
  readonly request: SipRequest
  readonly remote: RemoteAddress
  readonly user: ClientTransactionUser
  readonly onTerminated: (transaction: ClientTransaction) => void
}

/** A request on its way and what becomes of it. */
export interface ClientTransaction {
  readonly key: string
  readonly request: SipRequest
  readonly remote: RemoteAddress
  /** The TCP connection the request went out on. */
  readonly connectionId: string | undefined
  /** Who is told; may hand over to somebody with a longer life. */
  user: ClientTransactionUser
  feed(event: ClientTransactionEvent): void
  /** The transport could not deliver (RFC 3261 17.1.4). */
  fail(reason: string): void
  /** Forgets everything without telling anybody. */
  dispose(): void
}

const NO_BYTES = Buffer.alloc(0)
const nothing = (): void => undefined
const NOBODY: ClientTransactionUser = { onResponse: nothing, onTimeout: nothing, onTransportFailure: nothing }

/** Performs the effects of a client transaction machine. */
class ClientTransactionRunner<State extends { readonly name: string }> implements ClientTransaction {
  readonly key: string
  readonly remote: RemoteAddress
  connectionId: string | undefined
  user: ClientTransactionUser
  readonly #runtime: TransactionRuntime
  readonly #onTerminated: (transaction: ClientTransaction) => void
  readonly #step: (state: State, event: ClientTransactionEvent) => Transition<State>
  readonly #timers: TransactionTimers
  /** Empty when it cannot be sent any more: answered transactions live on for 32 s, by the ten thousand. */
  #bytes: Buffer
  /** As it was sent; its head when it has been answered. */
  #request: SipRequest | string
  #state: State
  #ackBytes: Buffer | undefined
  #failure = ''

  constructor(options: ClientTransactionOptions, start: Transition<State>, step: (state: State, event: ClientTransactionEvent) => Transition<State>) {
    const { request } = options
    // Before anything is read of it, which is then read there.
    this.#bytes = serialize(request)
    this.key = clientTransactionKey(request.topVia.parameters.get('branch') ?? '', request.method)
    this.#request = request
    this.remote = options.remote
    this.user = options.user
    this.#runtime = options.runtime
    this.#onTerminated = options.onTerminated
    this.#step = step
    this.#state = start.state
    this.#timers = new TransactionTimers(options.runtime.timers, this)
    for (const effect of start.effects) this.#perform(effect)
  }

  get request(): SipRequest {
    return typeof this.#request === 'string' ? requestOfHead(this.#request) : this.#request
  }

  feed(event: ClientTransactionEvent): void {
    const { state, effects } = this.#step(this.#state, event)
    this.#state = state
    for (const effect of effects) this.#perform(effect)
  }

  fail(reason: string): void {
    this.#failure = reason
    this.feed({ type: 'transportFailure' })
  }

  dispose(): void {
    this.#timers.stopAll()
    this.#onTerminated(this)
  }

  #perform(effect: TransactionEffect): void {
    switch (effect.type) {
      case 'sendRequest':
        this.#sendRequest(effect.retransmission)
        break
      case 'sendAck':
        this.#sendAck(effect.response)
        break
      case 'passResponse':
        this.user.onResponse(effect.response)
        if (effect.response.statusCode >= 200) this.#letGo(effect.response)
        break
      case 'reportTimeout':
        this.user.onTimeout()
        break
      case 'reportTransportFailure':
        this.user.onTransportFailure(this.#failure)
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
    }
  }

  /** Answered: keeps what copies of the answer need, until the last of them can have come. */
  #letGo(response: SipResponse): void {
    this.#bytes = NO_BYTES
    if (typeof this.#request === 'string') return
    if (this.#request.method !== 'INVITE' || response.statusCode >= 300) this.user = NOBODY
    this.#request = headOf(this.#request)
  }

  #sendRequest(retransmission: boolean): void {
    const runtime = this.#runtime
    if (retransmission) runtime.counters.retransmitted++
    // The failure may come at once; nobody expects an answer before the request is out.
    this.connectionId = runtime.send(this.#bytes, this.remote, (reason) => queueMicrotask(() => this.fail(reason)))
  }

  #sendAck(response: SipResponse): void {
    const runtime = this.#runtime
    if (this.#ackBytes === undefined) this.#ackBytes = serialize(buildFailureAck(this.request, response))
    else runtime.counters.retransmitted++
    runtime.send(this.#ackBytes, this.remote)
  }
}

/** Makes the transaction of a request and sends it (RFC 3261 17.1). */
export function createClientTransaction(options: ClientTransactionOptions): ClientTransaction {
  const machine = { reliable: isReliable(options.remote.transport), timing: options.runtime.timing }
  if (options.request.method === 'INVITE') return new ClientTransactionRunner(options, startInviteClient(machine), stepInviteClient)
  return new ClientTransactionRunner(options, startNonInviteClient(machine), stepNonInviteClient)
}

/** Takes up the transaction of an INVITE where the stack that sent it left it; see `resumeInviteClient`. */
export function resumeInviteTransaction(options: ClientTransactionOptions): ClientTransaction {
  const machine = { reliable: isReliable(options.remote.transport), timing: options.runtime.timing }
  return new ClientTransactionRunner(options, resumeInviteClient(machine), stepInviteClient)
}

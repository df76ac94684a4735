import type { SipRequest, SipResponse } from '../message/index.ts'
import { clientTransactionKey, clientTransactionKeyOf, mergeKey } from '../transaction/index.ts'
import { isSecure, type RemoteAddress } from '../transport/index.ts'
import {
  type ClientTransaction,
  type ClientTransactionOptions,
  type ClientTransactionUser,
  createClientTransaction,
  resumeInviteTransaction,
} from './client-transaction.ts'
import { type LargeRequests, LargeRequestTransaction } from './large-requests.ts'
import { KeyTable } from './key-table.ts'
import { schemeOf } from './scheme-of.ts'
import { type ServerTransaction, createServerTransaction } from './server-transaction.ts'
import type { TransactionRuntime } from './transaction-runtime.ts'

/** All transactions of a stack and how messages find theirs (RFC 3261 17.1.3, 17.2.3, 8.2.2.2). */
export class TransactionLayer {
  readonly #runtime: TransactionRuntime
  readonly #clients = new KeyTable<ClientTransaction>((transaction) => transaction.key)
  readonly #servers = new KeyTable<ServerTransaction>((transaction) => transaction.key)
  readonly #merging = new KeyTable<ServerTransaction>((transaction) => transaction.mergeKey)
  readonly #onClientTerminated = (ended: ClientTransaction): void => this.#forgetClient(ended)
  readonly #onServerTerminated = (ended: ServerTransaction): void => this.#forgetServer(ended)
  #lastRequest: SipRequest | undefined
  #lastMergeKey: string | undefined
  readonly #byConnection = new Map<string, Set<ClientTransaction>>()

  readonly #largeRequests: LargeRequests

  constructor(runtime: TransactionRuntime, largeRequests: LargeRequests) {
    this.#runtime = runtime
    this.#largeRequests = largeRequests
  }

  get size(): number {
    return this.#clients.size + this.#servers.size
  }

  /** Sends a request whose top Via has a branch of ours. */
  send(request: SipRequest, remote: RemoteAddress, user: ClientTransactionUser): ClientTransaction {
    const options = { runtime: this.#runtimeFor(request, remote), request, remote, user, onTerminated: this.#onClientTerminated }
    if (this.#largeRequests.concerns(request, remote)) return this.#sendLarge(options)
    const transaction = createClientTransaction(options)
    this.#clients.set(transaction.key, transaction)
    this.#bindConnection(transaction)
    return transaction
  }

  /** Takes up an INVITE that another stack sent. @param user told of what comes of it */
  resumeInvite(request: SipRequest, remote: RemoteAddress, user: ClientTransactionUser): ClientTransaction {
    const options = { runtime: this.#runtimeFor(request, remote), request, remote, user, onTerminated: this.#onClientTerminated }
    const transaction = resumeInviteTransaction(options)
    this.#clients.set(transaction.key, transaction)
    return transaction
  }

  /** Opens the transaction of a request that belongs to none. @param key from `serverTransactionKey` */
  receive(request: SipRequest, source: RemoteAddress, key: string): ServerTransaction {
    const transaction = createServerTransaction({
      runtime: this.#runtime,
      key,
      mergeKey: this.#mergeKeyOf(request),
      request,
      source,
      onTerminated: this.#onServerTerminated,
    })
    this.#servers.set(key, transaction)
    if (transaction.mergeKey !== undefined) this.#merging.set(transaction.mergeKey, transaction)
    return transaction
  }

  findServer(key: string): ServerTransaction | undefined {
    return this.#servers.get(key)
  }

  /** Whether a request that belongs to no transaction is a copy of one that has come another way (8.2.2.2). */
  isMerged(request: SipRequest): boolean {
    const key = this.#mergeKeyOf(request)
    return key !== undefined && this.#merging.get(key) !== undefined
  }

  /** @returns false for a response to nothing of ours; it is dropped (18.1.2) */
  receiveResponse(response: SipResponse): boolean {
    const key = clientTransactionKeyOf(response)
    const transaction = key === undefined ? undefined : this.#clients.get(key)
    transaction?.feed({ type: 'response', response })
    return transaction !== undefined
  }

  /** Requests that went out on a connection now closed will not be answered. */
  connectionClosed(connectionId: string, reason = 'the connection was closed'): void {
    for (const transaction of this.#byConnection.get(connectionId) ?? []) transaction.fail(reason)
  }

  /** Asked for when a request comes and when its transaction is made. */
  #mergeKeyOf(request: SipRequest): string | undefined {
    if (this.#lastRequest !== request) {
      this.#lastMergeKey = mergeKey(request)
      this.#lastRequest = request
    }
    return this.#lastMergeKey
  }

  clear(): void {
    for (const transaction of [...this.#clients.values(), ...this.#servers.values()]) transaction.dispose()
  }

  /** RFC 3261 18.1.1. */
  #sendLarge(options: ClientTransactionOptions): ClientTransaction {
    const { request } = options
    const key = clientTransactionKey(request.topVia.parameters.get('branch') ?? '', request.method)
    const onSent = (sent: ClientTransaction): void => this.#bindConnection(sent)
    const transaction = new LargeRequestTransaction(key, { ...options, largeRequests: this.#largeRequests, onSent })
    this.#clients.set(key, transaction)
    transaction.start()
    return transaction
  }

  /** RFC 3261 26.2.2, RFC 5630 3.1: what is for a sips URI never leaves in clear, whoever chose the way. */
  #runtimeFor(request: SipRequest, { transport }: RemoteAddress): TransactionRuntime {
    if (schemeOf(request.uriText) === 'sip' || isSecure(transport)) return this.#runtime
    const send: TransactionRuntime['send'] = (_bytes, _remote, onFailed) => {
      onFailed?.(`a sips target is not reached over ${transport}`)
      return undefined
    }
    return { ...this.#runtime, send }
  }

  #bindConnection(transaction: ClientTransaction): void {
    const { connectionId } = transaction
    if (connectionId === undefined) return
    const bound = this.#byConnection.get(connectionId)
    if (bound === undefined) this.#byConnection.set(connectionId, new Set([transaction]))
    else bound.add(transaction)
  }

  #forgetClient(transaction: ClientTransaction): void {
    this.#clients.delete(transaction.key)
    const { connectionId } = transaction
    const bound = connectionId === undefined ? undefined : this.#byConnection.get(connectionId)
    if (bound === undefined || connectionId === undefined) return
    bound.delete(transaction)
    if (bound.size === 0) this.#byConnection.delete(connectionId)
  }

  #forgetServer(transaction: ServerTransaction): void {
    this.#servers.delete(transaction.key)
    if (transaction.mergeKey !== undefined && this.#merging.get(transaction.mergeKey) === transaction) this.#merging.delete(transaction.mergeKey)
  }
}

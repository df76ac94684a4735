import type { Clock } from '@dialtone/foundation'
import { serializedLength, type SipRequest, withTopVia } from '../message/index.ts'
import type { ClientTransactionEvent } from '../transaction/index.ts'
import type { RemoteAddress, SentBy, SipNetwork } from '../transport/index.ts'
import { type ClientTransaction, type ClientTransactionOptions, type ClientTransactionUser, createClientTransaction } from './client-transaction.ts'

/** RFC 3261 18.1.1: nobody knows the path's MTU, so what is larger may not go over UDP. */
const LARGEST_DATAGRAM_BYTES = 1300
/** How long a peer is waited for that may have no TCP: little beside the 500 ms of the first retransmission. */
const CONNECT_WITHIN_MS = 400
const REMEMBER_MS = 300_000
const MOST_REMEMBERED = 1_000

export interface LargeRequestNeeds {
  readonly network: Pick<SipNetwork, 'connect'>
  readonly sentBy: SentBy
  readonly clock: Clock
}

/**
 * Moves requests over 1300 bytes from UDP to TCP (RFC 3261 18.1.1), and back to UDP when no connection stands in time. Nothing has been
 * sent by then, so nobody gets a request twice; the Via says what was really used. Places learnt from a datagram stay on UDP
 * (`isFlow`): a NAT lets nothing else back in, and phones seldom listen on TCP where they send from.
 */
export class LargeRequests {
  readonly #needs: LargeRequestNeeds
  /** When each peer may be asked for TCP again, oldest first. */
  readonly #withoutTcp = new Map<string, number>()

  constructor(needs: LargeRequestNeeds) {
    this.#needs = needs
  }

  /** Whether a request must try TCP before it is sent. */
  concerns(request: SipRequest, remote: RemoteAddress): boolean {
    if (remote.transport !== 'udp' || remote.isFlow === true || this.#needs.network.connect === undefined) return false
    return serializedLength(request) > LARGEST_DATAGRAM_BYTES && this.#needs.clock.nowMs() >= (this.#withoutTcp.get(keyOf(remote)) ?? 0)
  }

  /** @param onChosen called once, perhaps before `choose` returns, with what to send and where */
  choose(request: SipRequest, remote: RemoteAddress, onChosen: (request: SipRequest, remote: RemoteAddress) => void): void {
    const tcp: RemoteAddress = { transport: 'tcp', address: remote.address, port: remote.port }
    this.#needs.network.connect?.(tcp, CONNECT_WITHIN_MS, (connectionId) => {
      if (connectionId === undefined) {
        this.#remember(remote)
        onChosen(request, remote)
      } else onChosen(withTopVia(request, this.#viaOf(request, tcp)), { ...tcp, connectionId })
    })
  }

  /** With the branch it had: the transaction is the same. */
  #viaOf(request: SipRequest, to: RemoteAddress): string {
    return `SIP/2.0/TCP ${this.#needs.sentBy.of(to)};branch=${request.topVia.parameters.get('branch') ?? ''};rport;alias`
  }

  #remember(remote: RemoteAddress): void {
    const key = keyOf(remote)
    this.#withoutTcp.delete(key)
    this.#withoutTcp.set(key, this.#needs.clock.nowMs() + REMEMBER_MS)
    const [oldest] = this.#withoutTcp.keys()
    if (this.#withoutTcp.size > MOST_REMEMBERED && oldest !== undefined) this.#withoutTcp.delete(oldest)
  }
}

function keyOf({ address, port }: RemoteAddress): string {
  return `${address} ${port}`
}

export interface LargeRequestOptions extends ClientTransactionOptions {
  readonly largeRequests: LargeRequests
  /** The request goes out now, perhaps over a connection. */
  readonly onSent: (transaction: ClientTransaction) => void
}

/** The transaction of a request that waits until it is known which transport carries it. */
export class LargeRequestTransaction implements ClientTransaction {
  readonly key: string
  readonly #options: LargeRequestOptions
  #user: ClientTransactionUser
  #inner: ClientTransaction | undefined
  #disposed = false

  constructor(key: string, options: LargeRequestOptions) {
    this.key = key
    this.#options = options
    this.#user = options.user
  }

  get request(): SipRequest {
    return this.#inner?.request ?? this.#options.request
  }

  get remote(): RemoteAddress {
    return this.#inner?.remote ?? this.#options.remote
  }

  get connectionId(): string | undefined {
    return this.#inner?.connectionId
  }

  get user(): ClientTransactionUser {
    return this.#inner?.user ?? this.#user
  }

  set user(user: ClientTransactionUser) {
    this.#user = user
    if (this.#inner !== undefined) this.#inner.user = user
  }

  start(): void {
    const { largeRequests, request, remote } = this.#options
    largeRequests.choose(request, remote, (chosen, to) => {
      if (this.#disposed) return
      const onTerminated = (): void => this.#end()
      this.#inner = createClientTransaction({ ...this.#options, request: chosen, remote: to, user: this.#user, onTerminated })
      this.#options.onSent(this)
    })
  }

  feed(event: ClientTransactionEvent): void {
    if (this.#inner !== undefined) this.#inner.feed(event)
    // Given up before it was sent.
    else if (event.type === 'abandon') this.#end()
  }

  fail(reason: string): void {
    this.#inner?.fail(reason)
  }

  dispose(): void {
    if (this.#inner === undefined) this.#end()
    else this.#inner.dispose()
  }

  #end(): void {
    if (this.#disposed) return
    this.#disposed = true
    this.#options.onTerminated(this)
  }
}

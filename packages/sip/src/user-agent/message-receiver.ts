import {
  checkRequest,
  checkResponse,
  type Header,
  parseMessage,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  withTopViaParameters,
} from '../message/index.ts'
import { acknowledges, serverTransactionKey } from '../transaction/index.ts'
import { type RemoteAddress, toHost } from '../transport/index.ts'
import { ownerOf } from './message-owner.ts'
import type { SharedPort } from './shared-port.ts'
import type { MessageCounters } from './transaction-runtime.ts'
import type { UserAgent } from './user-agent.ts'

export interface MessageReceiverOptions {
  readonly userAgent: UserAgent
  readonly counters: MessageCounters
  readonly maxMessageBytes: number
  /** When others serve the port too: what is theirs is handed over. */
  readonly sharedPort: SharedPort | undefined
  /** Whether the host of a Via is ours. @param host lower case */
  readonly isOurHost: (host: string) => boolean
  readonly addAlias: (connectionId: string, port: number) => void
  /** A request of no transaction and no dialog. */
  readonly onRequest: (request: SipRequest, source: RemoteAddress, key: string) => void
  /** Whether a request for a dialog may open a transaction now. */
  readonly mayServeDialog: () => boolean
}

/** From bytes to the transaction, dialog or core they belong to (RFC 3261 18.1.2, 18.2.1, 17). Never throws. */
export class MessageReceiver {
  readonly #options: MessageReceiverOptions

  constructor(options: MessageReceiverOptions) {
    this.#options = options
  }

  receive(bytes: Buffer, source: RemoteAddress): void {
    if (isKeepAlive(bytes)) return
    this.#options.counters.received++
    this.#guarded(bytes, source, true)
  }

  /** A message another stack on our port has received and found to be ours. */
  receiveHandedOver(bytes: Buffer, source: RemoteAddress): void {
    this.#guarded(bytes, source, false)
  }

  #guarded(bytes: Buffer, source: RemoteAddress, mayBeElsewhere: boolean): void {
    try {
      this.#receiveMessage(bytes, source, mayBeElsewhere)
    } catch (error) {
      this.#options.userAgent.logger.error('a SIP message could not be handled', { error, source: `${source.address}:${source.port}` })
    }
  }

  #receiveMessage(bytes: Buffer, source: RemoteAddress, mayBeElsewhere: boolean): void {
    const { counters, maxMessageBytes } = this.#options
    if (bytes.length > maxMessageBytes) {
      counters.malformed++
      return
    }
    const parsed = parseMessage(bytes)
    if (!parsed.ok) {
      counters.malformed++
      const { request, statusCode, reason, drop } = parsed.error
      if (!drop && request !== undefined) this.#refuse(withSource(request, source), source, statusCode, reason, [])
    } else if (mayBeElsewhere && this.#isElsewhere(parsed.value, bytes, source)) return
    else if (parsed.value.kind === 'response') this.#receiveResponse(parsed.value)
    else this.#receiveRequest(parsed.value, source)
  }

  /** Hands a message of another stack on the port to it. */
  #isElsewhere(message: SipMessage, bytes: Buffer, source: RemoteAddress): boolean {
    const { sharedPort } = this.#options
    const owner = sharedPort === undefined ? undefined : ownerOf(message, sharedPort)
    if (sharedPort === undefined || owner === undefined || owner === sharedPort.place) return false
    sharedPort.handOver(owner, { kind: 'received', bytes, remote: source })
    return true
  }

  #receiveResponse(response: SipResponse): void {
    const { counters, isOurHost, userAgent } = this.#options
    if (!checkResponse(response)) counters.malformed++
    // 8.1.3.3, 18.1.2: not to us. Responses of no transaction are dropped too: we do not pass anything on.
    else if (response.vias.length === 1 && isOurHost(response.topVia.host)) userAgent.transactions.receiveResponse(response)
  }

  #receiveRequest(received: SipRequest, source: RemoteAddress): void {
    const problem = checkRequest(received)
    if (problem !== undefined) {
      this.#options.counters.malformed++
      this.#refuse(withSource(received, source), source, problem.statusCode, problem.reasonPhrase, problem.headers)
      return
    }
    const key = serverTransactionKey(received)
    const request = withSource(received, source)
    this.#noteAlias(request, source)
    if (request.method === 'ACK') this.#receiveAck(request, key)
    else {
      const transaction = this.#options.userAgent.transactions.findServer(key)
      if (transaction !== undefined) transaction.feed({ type: 'retransmission' })
      else this.#receiveNew(request, source, key)
    }
  }

  #receiveNew(request: SipRequest, source: RemoteAddress, key: string): void {
    const { userAgent, onRequest, mayServeDialog } = this.#options
    if (request.method === 'CANCEL') this.#receiveCancel(request, source)
    // RFC 3261 10.2: a REGISTER opens no dialog, whatever tag it carries.
    else if (request.toTag === undefined || request.method === 'REGISTER') onRequest(request, source, key)
    else {
      const leg = userAgent.legs.get(request.toTag)
      if (leg === undefined) userAgent.reply(request, source, 481)
      else if (mayServeDialog()) leg.receive(request, source, key)
    }
  }

  /** 17.2.3: the ACK of a refusal goes to its transaction, that of a 2xx to its dialog; others are nobody's. */
  #receiveAck(ack: SipRequest, key: string): void {
    const { userAgent } = this.#options
    const transaction = userAgent.transactions.findServer(key)
    if (transaction !== undefined && acknowledges(ack, transaction.toTag)) transaction.acknowledge(ack)
    else if (ack.toTag !== undefined) userAgent.legs.get(ack.toTag)?.receiveAck(ack)
  }

  /** 9.2: answered without a transaction, for the answer to a copy is the same. */
  #receiveCancel(cancel: SipRequest, source: RemoteAddress): void {
    const { userAgent } = this.#options
    const invite = userAgent.transactions.findServer(serverTransactionKey(cancel, 'INVITE'))
    if (invite === undefined) {
      userAgent.reply(cancel, source, 481)
      return
    }
    const toTag = invite.toTag === undefined ? {} : { toTag: invite.toTag }
    userAgent.reply(cancel, source, 200, toTag)
    if (invite.pending) invite.user?.onCancel?.(cancel)
  }

  #refuse(request: SipRequest, source: RemoteAddress, statusCode: number, reasonPhrase: string, headers: readonly Header[]): void {
    // 17.1.1.3, 13.3.1.4: an ACK is never answered; an answer without Via would be worth nothing.
    if (request.method === 'ACK' || request.header('via') === undefined) return
    this.#options.userAgent.reply(request, source, statusCode, { reasonPhrase, headers })
  }

  /** RFC 5923 5: the peer offers the connection for our requests. */
  #noteAlias(request: SipRequest, source: RemoteAddress): void {
    if (source.connectionId === undefined || !request.topVia.parameters.has('alias')) return
    this.#options.addAlias(source.connectionId, request.topVia.port ?? 5060)
  }
}

/** RFC 3261 18.2.1, RFC 3581 4: writes where the request really came from into its top Via. */
function withSource(request: SipRequest, source: RemoteAddress): SipRequest {
  const via = request.topVia
  if (via.parameters.has('rport')) return withTopViaParameters(request, { received: source.address, rport: source.port })
  return via.host === toHost(source.address) ? request : withTopViaParameters(request, { received: source.address })
}

/** Line ends and zeros that phones send to keep a NAT open (RFC 5626 4.4.1 knows them for streams). */
function isKeepAlive(bytes: Buffer): boolean {
  return bytes.length <= 4
}

import { buildInDialogRequest, type Dialog, routeRequest, withNextSequence } from '../dialog/index.ts'
import { type Header, serializeToKeep, type SipRequest, type SipResponse } from '../message/index.ts'
import { dialogDestination } from '../resolver/index.ts'
import { buildCancel } from '../transaction/index.ts'
import type { RemoteAddress } from '../transport/index.ts'
import { DIALOG_ALLOW } from './allowed-methods.ts'
import { type Credentials, credentialsFor, credentialsOf } from './challenge-answer.ts'
import type { ClientTransaction, ClientTransactionUser } from './client-transaction.ts'
import type { UserAgent } from './user-agent.ts'

/** The other end of a dialog, and what we need to speak to it. */
export interface DialogPeer {
  dialog: Dialog
  /** Where it has been heard from, or first been reached. */
  heardFrom: RemoteAddress
  /** Our Contact in this dialog. */
  readonly contact: string
  readonly credentials: Credentials | undefined
  /** Where the last request went: the next one mostly goes there too. */
  reached?: { readonly nextHop: string; readonly heardFrom: RemoteAddress; readonly destination: RemoteAddress }
}

export interface InDialogMessage {
  readonly method: string
  readonly headers: readonly Header[]
  readonly body?: string
  readonly contentType?: string
}

/** How a request in a dialog ended; without response: 408 nobody answered, 503 it could not be sent. */
export interface InDialogOutcome {
  readonly statusCode: number
  readonly response: SipResponse | undefined
  readonly request: SipRequest
}

/**
 * Sends a request inside a dialog, and once more with credentials when it is challenged.
 * @param onOutcome told of every final response: once, but for further 2xx of an INVITE
 */
export function exchangeInDialog(
  userAgent: UserAgent,
  peer: DialogPeer,
  message: InDialogMessage,
  onOutcome: (outcome: InDialogOutcome) => void,
): InDialogExchange {
  return new InDialogExchange(userAgent, peer, message, onOutcome)
}

const nothing = (): void => undefined
/** Nobody waits for what a CANCEL is answered with: the INVITE has an answer of its own (RFC 3261 9.1). */
const NOBODY: ClientTransactionUser = { onResponse: nothing, onTimeout: nothing, onTransportFailure: nothing }

/** A request under way inside a dialog. */
export class InDialogExchange implements ClientTransactionUser {
  readonly #userAgent: UserAgent
  readonly #peer: DialogPeer
  readonly #message: InDialogMessage
  readonly #onOutcome: (outcome: InDialogOutcome) => void
  #transaction: ClientTransaction
  #attempts = 0
  #retired = false
  #provisional = false
  #cancelled = false

  constructor(userAgent: UserAgent, peer: DialogPeer, message: InDialogMessage, onOutcome: (outcome: InDialogOutcome) => void) {
    this.#userAgent = userAgent
    this.#peer = peer
    this.#message = message
    this.#onOutcome = onOutcome
    this.#transaction = this.#send([])
  }

  onResponse(response: SipResponse): void {
    if (response.statusCode < 200) {
      if (this.#cancelled && !this.#provisional) this.#sendCancel()
      this.#provisional = true
      return
    }
    const { request } = this.#transaction
    const answer = this.#retired || this.#cancelled ? undefined : credentialsFor(this.#userAgent, this.#peer.credentials, request, response, this.#attempts)
    if (answer === undefined) this.#onOutcome({ statusCode: response.statusCode, response, request })
    else this.#transaction = this.#send(answer)
  }

  onTimeout(): void {
    this.#onOutcome({ statusCode: 408, response: undefined, request: this.#transaction.request })
  }

  onTransportFailure(): void {
    this.#onOutcome({ statusCode: 503, response: undefined, request: this.#transaction.request })
  }

  /** Of an INVITE: takes it back, as soon as the peer has said that it has it (RFC 3261 9.1). Its final response is the outcome, whatever it is. */
  cancel(): void {
    if (this.#cancelled) return
    this.#cancelled = true
    if (this.#provisional) this.#sendCancel()
  }

  /** Stops waiting; the outcome is not reported any more. */
  abandon(): void {
    this.#transaction.feed({ type: 'abandon' })
  }

  /**
   * The dialog has ended: nothing is asked again. The peer answers an INVITE that waits there all the same (RFC 3261 15.1.2), which is
   * acknowledged (17.1.1.3, 13.2.2.4); one that does not is given up after 64*T1.
   */
  retire(): void {
    if (this.#message.method !== 'INVITE') return this.abandon()
    this.#retired = true
    this.#userAgent.timers.start(64 * this.#userAgent.timing.t1Ms, () => this.abandon())
  }

  #sendCancel(): void {
    const { request, remote, connectionId } = this.#transaction
    this.#userAgent.transactions.send(buildCancel(request, []), connectionId === undefined ? remote : { ...remote, connectionId }, NOBODY)
  }

  #send(credentials: readonly Header[]): ClientTransaction {
    this.#attempts++
    this.#provisional = false
    const { method, body, contentType } = this.#message
    this.#peer.dialog = withNextSequence(this.#peer.dialog)
    const { localSequence: sequence } = this.#peer.dialog
    const headers = dialogHeaders(this.#userAgent, this.#peer, method, credentials, this.#message.headers)
    const target = nextRequest(this.#userAgent, this.#peer, { method, sequence, headers, body, contentType })
    return this.#userAgent.transactions.send(target.request, target.destination, this)
  }
}

/** A 2xx's ACK, kept to be sent again whenever the 2xx comes again (RFC 3261 13.2.2.4). */
export interface SentAck {
  readonly bytes: Buffer
  readonly destination: RemoteAddress
}

/** Acknowledges a 2xx to an INVITE of ours. @param invite the request as it was sent */
export function acknowledgeSuccess(userAgent: UserAgent, peer: DialogPeer, invite: SipRequest): SentAck {
  const message = { method: 'ACK', sequence: invite.cseq.sequence, headers: credentialsOf(invite), body: undefined, contentType: undefined }
  const { request, destination } = nextRequest(userAgent, peer, message)
  const ack = { bytes: serializeToKeep(request), destination }
  userAgent.send(ack.bytes, destination)
  return ack
}

interface NextRequest {
  readonly method: string
  readonly sequence: number
  readonly headers: readonly Header[]
  readonly body: string | undefined
  readonly contentType: string | undefined
}

function nextRequest(userAgent: UserAgent, peer: DialogPeer, message: NextRequest): { request: SipRequest; destination: RemoteAddress } {
  const routed = routeRequest(peer.dialog.routeSet, peer.dialog.remoteTarget)
  const destination = destinationOf(userAgent, peer, routed.nextHop)
  const { method, sequence, headers, body, contentType } = message
  const request = buildInDialogRequest(peer.dialog, routed, { method, sequence, via: userAgent.newVia(destination), headers, body, contentType })
  return { request, destination }
}

function destinationOf(userAgent: UserAgent, peer: DialogPeer, nextHop: string): RemoteAddress {
  const { heardFrom, reached } = peer
  if (reached !== undefined && reached.nextHop === nextHop && reached.heardFrom === heardFrom) return reached.destination
  const destination = dialogDestination(nextHop, heardFrom, (place) => userAgent.isOurPlace(place))
  peer.reached = { nextHop, heardFrom, destination }
  return destination
}

/** Target refresh requests (RFC 3261 12.2, RFC 3311 5.1, RFC 3515 2.2, RFC 6665 4.1.2, 4.2.2). */
const WITH_CONTACT: ReadonlySet<string> = new Set(['INVITE', 'UPDATE', 'REFER', 'SUBSCRIBE', 'NOTIFY'])

function dialogHeaders(userAgent: UserAgent, peer: DialogPeer, method: string, credentials: readonly Header[], more: readonly Header[]): readonly Header[] {
  const headers: Header[] = []
  if (userAgent.userAgentHeader !== undefined) headers.push(userAgent.userAgentHeader)
  if (WITH_CONTACT.has(method)) headers.push(['Contact', peer.contact])
  if (method === 'INVITE' || method === 'UPDATE') headers.push(DIALOG_ALLOW, userAgent.abilities.supported)
  headers.push(...credentials, ...more)
  return headers
}

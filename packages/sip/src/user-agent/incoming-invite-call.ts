import type { Timer } from '@dialtone/foundation'
import { createCalleeDialog, inviteReferencesOf, type JoinedDialog, type ReplacedDialog } from '../dialog/index.ts'
import type { Header, SipRequest } from '../message/index.ts'
import type { OutgoingResponse } from '../transaction/index.ts'
import type { RemoteAddress } from '../transport/index.ts'
import { DIALOG_ALLOW } from './allowed-methods.ts'
import { DialogSession } from './dialog-session.ts'
import { answerEarlyRequest } from './early-request.ts'
import { retryAfter } from './glare.ts'
import type { IncomingInvite, InviteProgressOptions } from './incoming-request.ts'
import { type EarlyCall, Leg } from './leg.ts'
import type { ServerTransaction, ServerTransactionUser } from './server-transaction.ts'
import { maxBreadthOf } from './max-breadth.ts'
import { schemeOf } from './scheme-of.ts'
import { SESSION_DESCRIPTION_TYPE } from './session-body.ts'
import type { UserAgent } from './user-agent.ts'

/** RFC 3261 13.3.1.1: proxies on the way give a silent call up after three minutes. */
const PROGRESS_INTERVAL_MS = 60_000

/** User parts of a Request-URI that may stand in our Contact as they are. */
const CONTACT_USER = /^[\w.!~*'()%&=+$,;?/-]{1,128}$/

/** The callee's side of an INVITE, from 100 Trying to its final response (RFC 3261 13.3). */
export class IncomingInviteCall implements IncomingInvite, EarlyCall, ServerTransactionUser {
  readonly request: SipRequest
  readonly source: RemoteAddress
  readonly leg: Leg
  readonly replaces: ReplacedDialog | undefined
  readonly join: JoinedDialog | undefined
  readonly maxBreadth: number | undefined
  readonly #userAgent: UserAgent
  readonly #transaction: ServerTransaction
  readonly #contact: string
  #open = true
  #lastProgress: OutgoingResponse | undefined
  #progressTimer: Timer | undefined

  /** @param transaction of the INVITE; 100 has been sent */
  constructor(userAgent: UserAgent, request: SipRequest, source: RemoteAddress, transaction: ServerTransaction) {
    const localTag = userAgent.newToken(9)
    const user = request.uri?.user ?? ''
    this.request = request
    this.source = source
    this.#userAgent = userAgent
    this.#transaction = transaction
    this.#contact = userAgent.contact(CONTACT_USER.test(user) ? user : '', source, schemeOf(request.uriText))
    this.leg = new Leg({ userAgent, direction: 'incoming', localTag, callId: request.callId, remote: source, early: this })
    this.leg.noteAbilities(request)
    const references = inviteReferencesOf(request)
    // Malformed ones have been refused before (`screenRequest`).
    this.replaces = references === 'malformed' ? undefined : references.replaces
    this.join = references === 'malformed' ? undefined : references.join
    this.maxBreadth = maxBreadthOf(request)
    transaction.toTag = localTag
    transaction.user = this
  }

  progress(statusCode: number, options: InviteProgressOptions = {}): void {
    if (!this.#open || statusCode <= 100 || statusCode >= 200) return
    const { body, headers = [], ...reason } = options
    const content = body === undefined ? {} : { body, contentType: SESSION_DESCRIPTION_TYPE }
    this.#lastProgress = this.#transaction.respond(statusCode, { ...reason, ...content, headers: [...this.#dialogHeaders(), ...headers] })
    this.#repeatProgress()
  }

  answer(options: { readonly body: string; readonly headers?: readonly Header[] }): void {
    if (!this.#open) return
    this.#close()
    const headers = [...this.#dialogHeaders(), ...(options.headers ?? [])]
    const response = this.#transaction.respond(200, { headers, body: options.body, contentType: SESSION_DESCRIPTION_TYPE })
    if (response === undefined) return
    const dialog = createCalleeDialog(this.request, this.leg.id)
    const peer = { dialog, heardFrom: this.source, contact: this.#contact, credentials: undefined }
    const session = new DialogSession(this.#userAgent, this.leg, peer)
    this.leg.confirm(session)
    session.awaitAck({ transaction: this.#transaction, response, sequence: this.request.cseq.sequence, reportAck: true })
  }

  reject(statusCode: number, options: { readonly reasonPhrase?: string; readonly headers?: readonly Header[] } = {}): void {
    if (!this.#open) return
    this.#close()
    this.#transaction.respond(statusCode >= 300 && statusCode < 700 ? statusCode : 500, options)
    this.#finish()
  }

  hangUp(headers: readonly Header[]): void {
    this.reject(480, { headers })
  }

  hasRemoteTag(tag: string): boolean {
    return this.request.fromTag === tag
  }

  receive(request: SipRequest, source: RemoteAddress, key: string): void {
    if (request.method === 'BYE' && request.fromTag === this.request.fromTag) {
      // 15: the caller may hang up in the early dialog.
      this.#userAgent.transactions.receive(request, source, key).respond(200)
      this.onCancel(request)
    } else if (request.method === 'INVITE') {
      // 14.2: the first INVITE has no final response yet.
      this.#userAgent.transactions.receive(request, source, key).respond(500, { headers: [retryAfter(this.#userAgent)] })
    } else answerEarlyRequest(this.#userAgent, request, source)
  }

  onCancel(cancel: SipRequest): void {
    if (!this.#open) return
    this.#close()
    this.#transaction.respond(487)
    this.#finish({ type: 'cancelled', reason: cancel.header('reason') })
  }

  onAck(ack: SipRequest): void {
    this.leg.receiveAck(ack)
  }

  onTransportFailure(): void {
    if (!this.#open) return
    this.#close()
    this.#finish({ type: 'gone', statusCode: 503 })
  }

  #finish(event?: Parameters<Leg['end']>[0]): void {
    this.#transaction.user = undefined
    this.leg.end(event)
    this.leg.forget()
  }

  #close(): void {
    this.#open = false
    this.#progressTimer?.cancel()
  }

  #repeatProgress(): void {
    this.#progressTimer?.cancel()
    this.#progressTimer = this.#userAgent.timers.start(PROGRESS_INTERVAL_MS, () => {
      if (this.#lastProgress !== undefined) this.#transaction.resend(this.#lastProgress)
      this.#repeatProgress()
    })
  }

  #dialogHeaders(): Header[] {
    return [['Contact', this.#contact], DIALOG_ALLOW]
  }
}
